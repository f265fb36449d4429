package config

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

var index = regexp.MustCompile(`\[\d+\]`)

// suggestion says which key may be meant by an unknown one below parent.
func suggestion(unknown, parent string) string {
	known := keysOf(reflect.TypeFor[Config](), index.ReplaceAllString(parent, ""))
	if len(known) == 0 {
		return "remove it; config/example.yaml documents every key"
	}
	best, distance := "", 3
	for _, k := range known {
		if d := editDistance(unknown, k); d < distance {
			best, distance = k, d
		}
	}
	if best != "" {
		return fmt.Sprintf("did you mean %s?", best)
	}
	return "remove it, or take one of " + strings.Join(known, ", ")
}

// keysOf returns the keys that the struct at the path knows, sorted.
func keysOf(t reflect.Type, path string) []string {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t == reflect.TypeFor[Quotas]() {
		t = reflect.TypeFor[Quota]()
	}
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
