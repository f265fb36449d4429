package html

import (
	"encoding/json"
	"maps"
	"slices"
)

// object is a JSON object of Block Kit. What is missing or of another type reads
// as nothing, so that a block of tomorrow is never an error.
type object map[string]json.RawMessage

func (o object) text(name string) string {
	var s string
	_ = json.Unmarshal(o[name], &s) // not a string: no text
	return s
}

func (o object) child(name string) object {
	var c object
	_ = json.Unmarshal(o[name], &c) // not an object: none
	return c
}

func (o object) children(name string) []object {
	var list []object
	_ = json.Unmarshal(o[name], &list) // not a list of objects: none
	return list
}

// yes reads a boolean.
func (o object) yes(name string) bool {
	var b bool
	_ = json.Unmarshal(o[name], &b) // not a boolean: no
	return b
}

// spoken are the members that hold words for people.
var spoken = []string{"text", "alt_text", "title", "fallback", "label", "description", "placeholder", "value"}

// texts collects the words in an object, at any depth, in a fixed order.
func texts(o object) []string {
	var list []string
	for _, name := range slices.Sorted(maps.Keys(o)) {
		var s string
		switch {
		case json.Unmarshal(o[name], &s) == nil:
			if slices.Contains(spoken, name) && either(s) != "" {
				list = append(list, s)
			}
		default:
			list = append(list, textsWithin(o[name])...)
		}
	}
	return list
}

// textsWithin looks into objects and lists, also lists of lists.
func textsWithin(raw json.RawMessage) []string {
	var c object
	if json.Unmarshal(raw, &c) == nil {
		return texts(c)
	}
	var many []json.RawMessage
	_ = json.Unmarshal(raw, &many) // neither: a number, which says nothing
	var list []string
	for _, one := range many {
		list = append(list, textsWithin(one)...)
	}
	return list
}
