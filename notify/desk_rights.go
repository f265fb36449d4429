package notify

import (
	"context"
	"maps"
	"slices"
	"strings"

	"dangol/internal/sales"
)

// rights are what a presser may do about a customer.
type rights struct {
	allowed bool
	// private: the owner or a manager above, who may read of visits too.
	private bool
	guest   bool
}

func (r rights) outcome() string {
	if r.guest {
		return refusedGuest
	}
	return refusedStranger
}

func (r rights) word() string {
	if r.guest {
		return "guest"
	}
	return "stranger"
}

// mostLevels bounds the way up a chain of managers that bites its tail.
const mostLevels = 20

// chain is the owner and the managers above, who are still there.
func (v *visit) chain(owner string) []sales.Rep {
	var list []sales.Rep
	seen := map[string]bool{}
	for id := owner; id != "" && !seen[id] && len(seen) < mostLevels; id = v.people[id].ManagerID {
		seen[id] = true
		if r, listed := v.people[id]; listed && !r.Inactive && r.Email != "" {
			list = append(list, r)
		}
	}
	return list
}

// meet finds out who presses: whether it is somebody of our own workspace, and
// which of the reps.
func (v *visit) meet(ctx context.Context) (ours bool, err error) {
	home, err := v.Lobby.Home(ctx)
	if err != nil || v.press.Team != home {
		return false, err
	}
	if v.who, err = v.Lobby.Visitor(ctx, v.press.User); err != nil {
		return false, err
	}
	for _, id := range slices.Sorted(maps.Keys(v.people)) {
		if r := v.people[id]; v.rep.ID == "" && v.isPresser(r) {
			v.rep = r
		}
	}
	return v.who.Team == "" || v.who.Team == home, nil
}

// rights says what the presser may do about a customer of the owner. A customer
// whom nobody can answer for is everybody's among the reps.
func (v *visit) rights(ctx context.Context, owner string) (rights, error) {
	chain := v.chain(owner)
	if v.rep.ID != "" && (slices.ContainsFunc(chain, v.isPresser) || len(chain) == 0) {
		return rights{allowed: true, private: len(chain) > 0}, nil
	}
	member, err := v.inGroup(ctx)
	return rights{allowed: member, guest: v.who.Guest}, err
}

// isPresser reports whether a rep presses. Who sells under several numbers, with one
// address, is each of them.
func (v *visit) isPresser(r sales.Rep) bool {
	return !r.Inactive && strings.TrimSpace(r.Email) != "" && userKey(r.Email) == userKey(v.who.Email)
}

// inGroup reports whether the presser is in one of the groups of the config.
func (v *visit) inGroup(ctx context.Context) (bool, error) {
	for _, group := range v.Groups {
		members, err := v.Lobby.Members(ctx, strings.TrimPrefix(group, "@"))
		if err != nil {
			return false, err
		}
		if slices.Contains(members, v.press.User) {
			return true, nil
		}
	}
	return false, nil
}
