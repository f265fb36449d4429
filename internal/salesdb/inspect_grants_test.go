package salesdb

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"dangol/internal/sales"
)

func TestParseGrant(t *testing.T) {
	const hash = " IDENTIFIED BY PASSWORD '*B69027D44F6E5EDC07F1AEAD1477967B16F28227'"
	tests := []struct {
		line string
		want Grant
		ok   bool
	}{
		{"GRANT USAGE ON *.* TO `u`@`%`" + hash, Grant{On: "*.*"}, true},
		{"GRANT SELECT, SHOW VIEW ON `erp`.* TO `u`@`%`", Grant{On: "`erp`.*"}, true},
		{"GRANT PROCESS, REPLICATION CLIENT ON *.* TO `u`@`%`", Grant{On: "*.*"}, true},
		{"GRANT SELECT (`id`), UPDATE (`status`, `id`) ON `erp`.`orders` TO `u`@`%`", Grant{[]string{"UPDATE"}, "`erp`.`orders`"}, true},
		{"GRANT SELECT (`id`), INSERT (`a`) ON TABLE `erp`.`my orders` TO `u`@`%`", Grant{[]string{"INSERT"}, "`erp`.`my orders`"}, true},
		{"GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost`" + hash + " WITH GRANT OPTION", Grant{[]string{"ALL PRIVILEGES", "GRANT OPTION"}, "*.*"}, true},
		{"GRANT ALL PRIVILEGES ON `d\\_1`.* TO `b`@`%`", Grant{[]string{"ALL PRIVILEGES"}, "`d\\_1`.*"}, true},
		{"GRANT SELECT, INSERT, SUPER, CREATE TEMPORARY TABLES ON *.* TO `a`@`%`", Grant{[]string{"INSERT", "SUPER", "CREATE TEMPORARY TABLES"}, "*.*"}, true},
		{"GRANT BACKUP_ADMIN,SHOW_ROUTINE,SYSTEM_VARIABLES_ADMIN ON *.* TO `a`@`%`", Grant{[]string{"BACKUP_ADMIN", "SYSTEM_VARIABLES_ADMIN"}, "*.*"}, true},
		{"GRANT EXECUTE ON PROCEDURE `erp`.`close_year` TO `u`@`%`", Grant{[]string{"EXECUTE"}, "`erp`.`close_year`"}, true},
		{"GRANT `writers`@`%` TO `u`@`%`", Grant{}, false},
		{"GRANT `wr` TO `u`@`%`", Grant{}, false},
		{"GRANT PROXY ON ''@'' TO 'root'@'localhost' WITH GRANT OPTION", Grant{}, false},
		{"SET DEFAULT ROLE `wr` FOR `u`@`%`", Grant{}, false},
	}
	for _, tt := range tests {
		got, ok := parseGrant(tt.line)
		if ok != tt.ok || !cmp.Equal(got, tt.want) {
			t.Errorf("%s: %+v, %v; want %+v, %v", tt.line, got, ok, tt.want, tt.ok)
		}
	}
}

func TestConcerns(t *testing.T) {
	s := &Source{place: place{name: "erp"}, queries: map[sales.Relation]string{
		sales.Visits: "SELECT 1 FROM `crm`.`visit log` v JOIN field.trip AS t ON t.id = v.id -- FROM secret.table",
	}}
	for object, want := range map[string]bool{
		"*.*": true, "`erp`.*": true, "`e%`.*": true, "`er_`.*": true, "`er\\_`.*": false, "`ERP`.`orders`": true,
		"`field`.*": true, "`hr`.*": false, "`secret`.*": false, "`erp2`.*": false,
	} {
		if got := s.concerns(object); got != want {
			t.Errorf("%s: %v, want %v", object, got, want)
		}
	}
}

func TestAliasesOf(t *testing.T) {
	tests := []struct {
		query string
		want  map[string]string
	}{
		{"SELECT * FROM sale", map[string]string{"sale": "sale"}},
		{"SELECT * FROM sale WHERE note = 'FROM nowhere' -- FROM comment", map[string]string{"sale": "sale"}},
		{"SELECT * FROM orders o JOIN order_lines AS l ON l.order_id = o.id", map[string]string{"o": "orders", "l": "order_lines"}},
		{"select * from `erp`.`orders` `o` left join erp.`customer` using (id)", map[string]string{"o": "erp.orders", "customer": "erp.customer"}},
		{"SELECT * FROM a x, b.c AS y, d WHERE x.i = y.i", map[string]string{"x": "a", "y": "b.c", "d": "d"}},
		{"SELECT * FROM (SELECT id FROM inner_table) t", map[string]string{"inner_table": "inner_table"}},
		{"WITH recent AS (SELECT * FROM sale s), more (a) AS (SELECT 1 FROM b) SELECT * FROM recent JOIN more", map[string]string{"s": "sale", "b": "b"}},
		{"SELECT EXTRACT(YEAR FROM sold) FROM 매출", map[string]string{"매출": "매출"}},
		{"SELECT TRIM(BOTH ' ' FROM name) FROM `my erp` . `sales lines` AS `the lines`", map[string]string{"the lines": "my erp.sales lines"}},
		{"SELECT * FROM a JOIN b ON a.i = b.i LEFT JOIN c USING (i) WHERE EXISTS (SELECT 1 FROM d)", map[string]string{"a": "a", "b": "b", "c": "c", "d": "d"}},
		{"SELECT 1", map[string]string{}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, aliasesOf(tt.query)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", tt.query, diff)
		}
	}
}

func TestTablesAreQuotedAsAStatementTakesThem(t *testing.T) {
	s := &Source{place: place{name: "erp"}, queries: map[sales.Relation]string{
		sales.OrderLines: "SELECT 1 FROM `my erp`.`sales lines` l JOIN 매출 m",
		sales.Customers:  "SELECT 1 FROM 매출",
	}}
	if diff := cmp.Diff([]string{"`my erp`.`sales lines`", "erp.매출"}, s.Tables()); diff != "" {
		t.Error(diff)
	}
	index := Missing{Table: "my erp.sales lines", Column: "Sold On"}
	if got, want := index.Statement(), "CREATE INDEX `dangol_sold on` ON `my erp`.`sales lines` (`Sold On`)"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
