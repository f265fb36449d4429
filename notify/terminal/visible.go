package terminal

// Visible returns a text without the control characters and directional marks
// that a foreign name could bring to a terminal; line breaks and tabs become
// spaces.
func Visible(text string) string { return visible(text) }
