package notify

import "dangol/notify/wording"

// ownerless reports whether nobody can be told to act: no owner, one who has
// left, one who is not among the reps or cannot be reached. A company that lists
// no reps has no owners to speak of.
func (p *plan) ownerless(repID string) bool {
	_, reachable := p.owner(repID)
	return !reachable && len(p.reps) > 0
}

// ownerBlock says in a channel whose customer it is. It holds the message's
// only mention: that of an owner who can act.
func (p *plan) ownerBlock(repID string) []Block {
	r, listed := p.reps[repID]
	_, reachable := p.owner(repID)
	line := Line{{Text: p.say.Text("owner_mention") + " "}, {Text: wording.Name(r.Name), Rep: r.ID, Email: r.Email}}
	switch {
	case len(p.reps) == 0:
		return nil
	case reachable:
	case repID == "":
		line = plain(p.say.Text("owner_none"))
	case !listed:
		line = plain(p.say.Text("owner_unlisted", "rep", repID))
	case r.Inactive:
		line = plain(p.say.Text("owner_was", "rep", r.Name))
	default:
		line = plain(p.say.Text("owner_unreachable", "rep", r.Name))
	}
	return []Block{{Kind: Mention, Lines: []Line{line}}}
}

// ownerText names the owner in a line of a channel's roll-up, without a mention.
func (p *plan) ownerText(repID string) string {
	r, listed := p.reps[repID]
	switch {
	case !listed:
		return ""
	case r.Inactive:
		return p.say.Text("rollup_was", "rep", r.Name)
	}
	return wording.Name(r.Name)
}
