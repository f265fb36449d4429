package notify

import (
	"cmp"
	"slices"
)

// mostUnreached is how many owners one message names.
const mostUnreached = 20

// unreached lists for ops whose regular customers' alerts reach no owner, and why,
// the most customers first; total counts the customers. A company that lists no reps
// has no owners to reach.
func (p *plan) unreached() (lines []Line, total int) {
	if len(p.reps) == 0 {
		return nil, 0
	}
	type owner struct {
		id string
		n  int
	}
	var list []owner
	for id, n := range p.night.Owned {
		if _, ok := p.owner(id); !ok {
			list = append(list, owner{id, n})
			total += n
		}
	}
	slices.SortFunc(list, func(a, b owner) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.id, b.id)) })
	for _, o := range list[:min(len(list), mostUnreached)] {
		lines = append(lines, plain("• "+p.unreachedText(o.id, o.n)))
	}
	if left := len(list) - mostUnreached; left > 0 {
		lines = append(lines, plain(p.say.Text("more", "n", left)))
	}
	return lines, total
}

// unreachedText says of one owner why nobody is reached, and for how many customers.
func (p *plan) unreachedText(repID string, n int) string {
	r, listed := p.reps[repID]
	switch {
	case repID == "":
		return p.say.Text("unreached_none", "n", n)
	case !listed:
		return p.say.Text("unreached_unlisted", "rep", repID, "n", n)
	case r.Inactive:
		return p.say.Text("unreached_left", "rep", r.Name, "id", r.ID, "n", n)
	}
	return p.say.Text("unreached_slack", "rep", r.Name, "id", r.ID, "n", n)
}

// unreachedBlocks are the part of ops' weekly message about them.
func (p *plan) unreachedBlocks() []Block {
	lines, total := p.unreached()
	if total == 0 {
		return nil
	}
	title := Line{{Text: p.say.Text("unreached_title", "n", total), Bold: true}}
	remedy := labelled(p.say.Text("label_do"), p.say.Text("unreached_remedy"))
	return []Block{{Kind: Body, Lines: append(append([]Line{title}, lines...), remedy)}}
}
