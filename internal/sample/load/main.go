// Command load puts the sample company into an empty schema of MariaDB or MySQL
// and writes a config for it, so that deploy/compose.yaml has something to watch.
//
//	DANGOL_SAMPLE_DSN='user:password@tcp(host:3306)/name' load --folder DIR [--locale en|ko]
//
// The history ends yesterday in Seoul, by the database's clock. A schema that
// holds the whole company already, and files that exist, stay as they are; so it
// may run at every start.
package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"dangol/internal/hint"
	"dangol/internal/sales"
	"dangol/internal/sample"

	_ "github.com/go-sql-driver/mysql" // the driver "mysql"
)

// seed is the company that `dangol demo` shows too.
const seed = 1

// statePath is where the image keeps what lasts.
const statePath = "/var/lib/dangol/state.db"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Getenv("DANGOL_SAMPLE_DSN"), os.Stdout)
	stop()
	if err == nil {
		return
	}
	fmt.Fprintf(os.Stderr, "load: error: %v\n", err)
	for _, remedy := range hint.Of(err) {
		fmt.Fprintf(os.Stderr, "load: hint: %s\n", remedy)
	}
	os.Exit(1)
}

// run loads the company that args ask for into the schema that dsn names.
func run(ctx context.Context, args []string, dsn string, out io.Writer) error {
	flags := flag.NewFlagSet("load", flag.ContinueOnError)
	folder := flags.String("folder", ".", "where the config goes")
	locale := flags.String("locale", "en", "language of names and messages: en or ko")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if dsn == "" {
		return hint.With(errors.New("no database"), "set DANGOL_SAMPLE_DSN to user:password@tcp(host:3306)/name")
	}
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		return hint.With(fmt.Errorf("DANGOL_SAMPLE_DSN: %w", err), "want user:password@tcp(host:3306)/name")
	}
	defer db.Close()
	company, err := load(ctx, db, *locale, out)
	if err != nil {
		return err
	}
	return writeFiles(company, *folder, out)
}

// load writes the company unless it is there.
func load(ctx context.Context, db *sql.DB, locale string, out io.Writer) (*sample.Company, error) {
	asOf, err := yesterday(ctx, db)
	if err != nil {
		return nil, err
	}
	company := sample.Build(sample.Options{AsOf: asOf, Locale: locale, Seed: seed})
	there, err := inspect(ctx, db)
	if err != nil || there {
		return company, err
	}
	if err := company.WriteMySQL(ctx, db); err != nil {
		return nil, err
	}
	fmt.Fprintf(out, "loaded the sample company, history through %s\n", asOf)
	return company, nil
}

// yesterday is the company's last complete day: the one before today in Seoul,
// nine hours ahead of UTC.
func yesterday(ctx context.Context, db *sql.DB) (sales.Date, error) {
	var day string
	const query = "SELECT CAST(DATE(UTC_TIMESTAMP() + INTERVAL 9 HOUR - INTERVAL 1 DAY) AS CHAR)"
	if err := db.QueryRowContext(ctx, query).Scan(&day); err != nil {
		return 0, fmt.Errorf("clock of the database: %w", err)
	}
	return sales.ParseDate(day)
}

// inspect reports whether the schema holds the company, whose indexes are made
// last. A schema with anything else in it is refused.
func inspect(ctx context.Context, db *sql.DB) (complete bool, err error) {
	var tables, last int
	err = db.QueryRowContext(ctx, `
		SELECT (SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE()),
		       (SELECT COUNT(*) FROM information_schema.statistics WHERE table_schema = DATABASE() AND index_name = 'claim_customer')`).
		Scan(&tables, &last)
	if err != nil {
		return false, fmt.Errorf("tables of the schema: %w", err)
	}
	if tables > 0 && last == 0 {
		return false, hint.With(fmt.Errorf("the schema holds %d tables that are not the whole sample company", tables),
			"name an empty schema; the one of deploy/compose.yaml is emptied by `docker compose down --volumes`")
	}
	return last > 0, nil
}

// writeFiles writes the config and what it names into folder, where missing.
func writeFiles(company *sample.Company, folder string, out io.Writer) error {
	files := company.Files(sample.ConfigOptions{DSN: "${DANGOL_DSN}", Token: "${SLACK_BOT_TOKEN}", State: statePath})
	for name, content := range files {
		path := filepath.Join(folder, name)
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return hint.With(fmt.Errorf("config: %w", err), "--folder must be a folder that this user may write to")
		}
		_, err = io.WriteString(file, content)
		if err := errors.Join(err, file.Close()); err != nil {
			return fmt.Errorf("config: %w", err)
		}
		fmt.Fprintf(out, "wrote %s\n", path)
	}
	return nil
}
