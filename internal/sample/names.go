package sample

import (
	"embed"
	"encoding/csv"
	"strings"
)

//go:embed names/*.csv
var nameFiles embed.FS

// rows reads an embedded table. The tables are part of the program, so a broken
// one is a broken build and panics; a test reads them all.
func rows(name string) [][]string {
	file, err := nameFiles.Open("names/" + name + ".csv")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		panic(err)
	}
	return records
}

// words returns an embedded table of two columns.
func words(name string) []text {
	var list []text
	for _, r := range rows(name) {
		list = append(list, text{r[0], r[1]})
	}
	return list
}

// signs makes names of businesses: a word and what the business is.
type signs struct {
	words []text
	kinds map[string][]text
	used  map[text]bool
}

func newSigns() *signs {
	s := &signs{words: words("words"), kinds: map[string][]text{}, used: map[text]bool{}}
	for _, r := range rows("kinds") {
		s.kinds[r[0]] = append(s.kinds[r[0]], text{r[1], r[2]})
	}
	return s
}

// any returns a name for a business of the trade, which may exist already.
func (s *signs) any(trade string, d dice) text {
	word, kind := s.words[d.IntN(len(s.words))], s.kinds[trade]
	k := kind[d.IntN(len(kind))]
	return text{word.latin + " " + k.latin, word.hangul + " " + k.hangul}
}

// fresh returns a name that no other business has.
func (s *signs) fresh(trade string, d dice) text {
	for {
		name := s.any(trade, d)
		if !s.used[name] {
			s.used[name] = true
			return name
		}
	}
}

// personNames returns n different names of people with their e-mail addresses.
func personNames(n int, d dice) []person {
	table := rows("people")
	surname, given := d.Perm(len(table)), d.Perm(len(table))
	list := make([]person, n)
	for i := range list {
		s, g := table[surname[i%len(table)]], table[given[(i+i/len(table))%len(table)]]
		list[i] = person{
			name:  text{s[0] + " " + g[2], s[1] + g[3]},
			email: strings.ToLower(g[2] + "." + s[0] + "@example.com"),
		}
	}
	return list
}
