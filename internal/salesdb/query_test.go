package salesdb

import (
	"strings"
	"testing"
)

func TestPlainSelect(t *testing.T) {
	tests := []struct{ query, want, fault string }{
		{query: "SELECT a FROM t", want: "SELECT a FROM t"},
		{query: "  select a\nfrom t ;\n-- the end; really?\n", want: "select a\nfrom t"},
		{query: "SELECT a FROM t;;", want: "SELECT a FROM t"},
		{query: "-- first\nSELECT a # x?\nFROM t /* ; ? */", want: "-- first\nSELECT a # x?\nFROM t"},
		{query: "WITH x AS (SELECT 1) SELECT * FROM x", want: "WITH x AS (SELECT 1) SELECT * FROM x"},
		{query: `SELECT 'it''s; ?', "a\";?", ` + "`b?;``c`" + ` FROM t`, want: `SELECT 'it''s; ?', "a\";?", ` + "`b?;``c`" + ` FROM t`},
		{query: "SELECT 5--3 FROM t", want: "SELECT 5--3 FROM t"},
		{query: "SELECT t.into, @into FROM t", want: "SELECT t.into, @into FROM t"},
		{query: "SELECT a FROM t FORCE INDEX FOR ORDER BY (i)", want: "SELECT a FROM t FORCE INDEX FOR ORDER BY (i)"},
		{query: "SELECT 한글 FROM 표", want: "SELECT 한글 FROM 표"},
		{query: "", fault: "empty query"},
		{query: " ; ", fault: "empty query"},
		{query: "-- SELECT", fault: "empty query"},
		{query: "DELETE FROM t", fault: "DELETE instead of SELECT"},
		{query: "UPDATE t SET a = 1", fault: "UPDATE instead of SELECT"},
		{query: "SELECT a FROM t; DELETE FROM t", fault: "several statements"},
		{query: "SELECT a FROM t WHERE d < ?", fault: "? placeholder"},
		{query: "SELECT a INTO OUTFILE '/tmp/x' FROM t", fault: "INTO"},
		{query: "SELECT a FROM t FOR UPDATE", fault: "FOR UPDATE"},
		{query: "SELECT a FROM t lock in share mode", fault: "LOCK IN"},
		{query: "SELECT a FROM t) AS x, (SELECT 1", fault: "parenthesis too many"},
		{query: "SELECT (a FROM t", fault: "parenthesis left open"},
		{query: "SELECT 'a FROM t", fault: "quote ' left open"},
	}
	for _, test := range tests {
		got, err := plainSelect(test.query)
		switch {
		case test.fault == "" && (err != nil || got != test.want):
			t.Errorf("plainSelect(%q) = %q, %v; want %q", test.query, got, err, test.want)
		case test.fault != "" && (err == nil || !strings.Contains(err.Error(), test.fault)):
			t.Errorf("plainSelect(%q) = %q, %v; want error with %q", test.query, got, err, test.fault)
		}
	}
}

func FuzzPlainSelect(f *testing.F) {
	f.Add("SELECT 'a' -- x")
	f.Add("WITH `a` AS (SELECT 1) SELECT \"b\" /* ; */;")
	f.Fuzz(func(t *testing.T, query string) {
		plain, err := plainSelect(query)
		if err != nil {
			return
		}
		if again, err := plainSelect(plain); err != nil || again != plain {
			t.Errorf("plainSelect is not stable: %q becomes %q, %v", plain, again, err)
		}
	})
}

func TestFollowMerges(t *testing.T) {
	last, err := followMerges(map[string]string{"a": "b", "b": "c", "d": "c"})
	if err != nil || len(last) != 3 || last["a"] != "c" || last["b"] != "c" || last["d"] != "c" {
		t.Errorf("followMerges = %v, %v", last, err)
	}
	for _, circle := range []map[string]string{{"a": "a"}, {"a": "b", "b": "a"}, {"x": "a", "a": "b", "b": "a"}} {
		if _, err := followMerges(circle); err == nil || !strings.Contains(err.Error(), "circle") {
			t.Errorf("followMerges(%v) = %v, want an error", circle, err)
		}
	}
}
