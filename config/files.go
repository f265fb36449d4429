package config

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"dangol/internal/hint"
	"dangol/internal/sales"
)

// readFiles reads the secrets and the small CSV files that the config names.
func (c *Config) readFiles(p *problems) {
	c.secretFile(p, "database.dsn_file", c.Database.DSNFile, &c.Database.DSN)
	c.secretFile(p, "slack.token_file", c.Slack.TokenFile, &c.Slack.Token)
	c.secretFile(p, "slack.app_token_file", c.Slack.AppTokenFile, &c.Slack.AppToken)
	c.readHolidays(p)
	c.readLeave(p)
	c.readMerged(p)
}

func (c *Config) secretFile(p *problems, key, path string, into *Secret) {
	if path == "" || c.unsetAt(key) {
		return
	}
	text, err := os.ReadFile(c.Path(path))
	if err != nil {
		p.add(key, fmt.Sprintf("cannot read the secret: %v", err), "create the file, readable by the user that runs dangol, with the secret as its only line")
		return
	}
	*into = Secret(strings.TrimSpace(string(text)))
	if *into == "" {
		p.add(key, "the file is empty", "write the secret into it as its only line")
	}
}

// row is one line of a CSV file, by column name.
type row struct {
	line   int
	fields map[string]string
}

// date reads a column as a date.
func (r row) date(column string) (sales.Date, error) {
	d, err := sales.ParseDate(r.fields[column])
	if err != nil {
		return 0, fmt.Errorf("line %d, column %s: %w", r.line, column, err)
	}
	return d, nil
}

// table reads a CSV file that must have the wanted columns and may have the
// others. Every error names file, line and column.
func (c *Config) table(path string, wanted []string, others ...string) ([]row, error) {
	file, err := os.Open(c.Path(path))
	if err != nil {
		return nil, hint.With(fmt.Errorf("cannot read the file: %w", err), "create it, or remove the key")
	}
	defer file.Close()
	reader := csv.NewReader(file)
	reader.TrimLeadingSpace = true
	header, err := reader.Read()
	if err != nil {
		return nil, fmt.Errorf("%s: no header line: %w", path, err)
	}
	header[0] = strings.TrimPrefix(header[0], "\ufeff")
	if err := checkHeader(path, header, wanted, others); err != nil {
		return nil, err
	}
	return readRows(path, reader, header)
}

func checkHeader(path string, header, wanted, others []string) error {
	have := map[string]bool{}
	for _, name := range header {
		have[name] = true
	}
	for _, name := range wanted {
		if !have[name] {
			return fmt.Errorf("%s: line 1: no column %s (found %s)", path, name, strings.Join(header, ", "))
		}
		delete(have, name)
	}
	for _, name := range others {
		delete(have, name)
	}
	for name := range have {
		return fmt.Errorf("%s: line 1: unknown column %q", path, name)
	}
	return nil
}

func readRows(path string, reader *csv.Reader, header []string) ([]row, error) {
	var rows []row
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		line, _ := reader.FieldPos(0)
		r := row{line: line, fields: make(map[string]string, len(header))}
		for i, name := range header {
			r.fields[name] = strings.TrimSpace(record[i])
		}
		rows = append(rows, r)
	}
}

func (c *Config) readHolidays(p *problems) {
	h := &c.Calendar.Holidays
	if h.File == "" {
		return
	}
	rows, err := c.table(h.File, []string{"date"}, "name")
	for i := 0; err == nil && i < len(rows); i++ {
		var d sales.Date
		if d, err = rows[i].date("date"); err == nil {
			h.Dates = append(h.Dates, d)
		}
	}
	if err != nil {
		p.add("calendar.holidays", err.Error(), "want a CSV file with the columns date (YYYY-MM-DD) and, if you like, name")
	}
}

func (c *Config) readLeave(p *problems) {
	if c.Leave == "" {
		return
	}
	rows, err := c.table(c.Leave, []string{"rep_id", "from", "to"})
	for i := 0; err == nil && i < len(rows); i++ {
		a := Absence{RepID: rows[i].fields["rep_id"]}
		if a.From, err = rows[i].date("from"); err != nil {
			break
		}
		if a.To, err = rows[i].date("to"); err != nil {
			break
		}
		if a.To < a.From || a.RepID == "" {
			err = fmt.Errorf("line %d: the rep is missing, or the leave ends before it begins", rows[i].line)
			break
		}
		c.Days = append(c.Days, a)
	}
	if err != nil {
		p.add("leave", err.Error(), "want a CSV file with the columns rep_id, from, to (YYYY-MM-DD, both days included)")
	}
}

func (c *Config) readMerged(p *problems) {
	if c.Sales.MergedInto == "" {
		return
	}
	rows, err := c.table(c.Sales.MergedInto, []string{"customer_id", "merged_into"})
	c.Merged = make(map[string]string, len(rows))
	for i := 0; err == nil && i < len(rows); i++ {
		from, into := rows[i].fields["customer_id"], rows[i].fields["merged_into"]
		if from == "" || into == "" || from == into || c.Merged[from] != "" {
			err = fmt.Errorf("line %d: want two different ids, each customer_id once", rows[i].line)
			break
		}
		c.Merged[from] = into
	}
	if err != nil {
		p.add("sales.merged_into", err.Error(), "want a CSV file with the columns customer_id, merged_into")
	}
}
