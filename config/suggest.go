package config

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// suggestion says which key may be meant by an unknown one in a group, and
// returns that key's path too, or "".
func (p *problems) suggestion(unknown, group string) (remedy, meant string) {
	if elsewhere := homes(reflect.TypeFor[Config](), "", unknown); p.under == "" && len(elsewhere) == 1 && elsewhere[0] != unknown {
		return fmt.Sprintf("it belongs below %s: indent it there", parent(elsewhere[0])), elsewhere[0]
	}
	known := p.keys(group)
	best, distance := "", min(3, (len(unknown)+4)/3)
	for _, k := range known {
		if d := editDistance(strings.ToLower(unknown), k); d < distance {
			best, distance = k, d
		}
	}
	if best != "" {
		return fmt.Sprintf("did you mean %s?", best), join(group, best)
	}
	if slices.Contains(p.keys(""), unknown) && p.under == "" {
		return "it belongs at the top: take the blanks before it away", unknown
	}
	if len(known) == 0 {
		return "remove it; config/example.yaml documents every key", ""
	}
	return "remove it, or take one of " + strings.Join(known, ", "), ""
}

var index = regexp.MustCompile(`\[\d+\]`)

// keys returns what stands in the group with the key, sorted.
func (p *problems) keys(key string) []string {
	if key == "quotas" {
		return []string{"file"}
	}
	below := strings.TrimPrefix(strings.TrimPrefix(key, p.under), ".")
	return keysOf(p.shape, index.ReplaceAllString(below, ""))
}

// keysOf returns the keys that the struct at the path knows, sorted.
func keysOf(t reflect.Type, path string) []string {
	t = element(t)
	if t.Kind() != reflect.Struct {
		return nil
	}
	head, rest, _ := strings.Cut(path, ".")
	var keys []string
	for i := range t.NumField() {
		name := t.Field(i).Tag.Get("yaml")
		if name == "" || name == "-" {
			continue
		}
		if path != "" && name == head {
			return keysOf(t.Field(i).Type, rest)
		}
		keys = append(keys, name)
	}
	if path != "" {
		return nil
	}
	slices.Sort(keys)
	return keys
}

// homes returns the paths of every key with the name.
func homes(t reflect.Type, path, name string) []string {
	t = element(t)
	if t.Kind() != reflect.Struct {
		return nil
	}
	var found []string
	for i := range t.NumField() {
		key := t.Field(i).Tag.Get("yaml")
		if key == "" || key == "-" {
			continue
		}
		if key == name {
			found = append(found, join(path, key))
		}
		if t.Field(i).Type != reflect.TypeFor[Quotas]() { // a key of a list has no one place
			found = append(found, homes(t.Field(i).Type, join(path, key), name)...)
		}
	}
	return found
}

// element leads from a pointer or a list to what it holds.
func element(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t == reflect.TypeFor[Quotas]() {
		return reflect.TypeFor[Quota]()
	}
	return t
}

// editDistance is the Levenshtein distance of two short keys.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
