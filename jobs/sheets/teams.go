package sheets

import (
	"maps"
	"slices"

	"dangol/internal/finding"
	"dangol/internal/sales"
)

// Teams sums up, for every lead with a lead above, the sheets of all reps below:
// a head sees teams. By the lead's id.
func Teams(all []finding.Sheet, people []sales.Rep) []finding.Sheet {
	boss := map[string]sales.Rep{}
	for _, p := range people {
		boss[p.ID] = p
	}
	below := map[string][]finding.Sheet{}
	for _, s := range all {
		for _, lead := range chain(s.Rep, boss) {
			below[lead] = append(below[lead], s)
		}
	}
	var teams []finding.Sheet
	for _, id := range slices.Sorted(maps.Keys(below)) {
		if lead, known := boss[id]; known && lead.ManagerID != "" && lead.ManagerID != id {
			teams = append(teams, Team(lead, below[id]))
		}
	}
	return teams
}

// chain are the leads above a rep, the nearest first. One that leads back to
// itself ends.
func chain(rep sales.Rep, people map[string]sales.Rep) []string {
	var leads []string
	for id := rep.ManagerID; id != "" && id != rep.ID && !slices.Contains(leads, id); id = people[id].ManagerID {
		leads = append(leads, id)
	}
	return leads
}
