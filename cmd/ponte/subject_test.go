package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// TestTheCommandsOfTheLGPDBookRun, in their order, on an account that has lived.
func TestTheCommandsOfTheLGPDBookRun(t *testing.T) {
	book, err := os.ReadFile("../../docs/lgpd.md")
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, fullAccount, 40*time.Millisecond)
	b.seedTasks(2)
	b.sync(0)
	t.Chdir(b.dir)
	ran := 0
	for _, line := range fenced(string(book)) {
		args := strings.Fields(line)
		if args[0] != "ponte" {
			t.Fatalf("%q is no command of ponte", line)
		}
		out := b.ponte(0, args[1:]...)
		ran++
		if strings.Contains(line, " erase ") {
			b.ponte(1, "subject", "find", cnpj(1))
			if !strings.Contains(out, "a lei manda guardá-los") {
				t.Errorf("erase does not say what stays and why:\n%s", out)
			}
		}
		if strings.Contains(line, " record ") && !strings.Contains(out, "Tarefas → documentos") {
			t.Errorf("the record of processing lacks a flow:\n%s", out)
		}
	}
	if ran < 7 {
		t.Errorf("%d commands ran", ran)
	}
	exported(t, filepath.Join(b.dir, "titular.json"))
	b.sync(0, "--full")
	b.oneOrderEach(2)
	b.ponte(0, "audit", "verify")
}

// fenced are the lines of a book's code blocks.
func fenced(book string) (lines []string) {
	for n, block := range strings.Split(book, "```") {
		if n%2 == 1 {
			lines = append(lines, strings.Split(strings.TrimSpace(block), "\n")...)
		}
	}
	return lines
}

// exported checks the document that a data subject is given.
func exported(t *testing.T, name string) {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Contas []struct {
			Categorias []struct {
				Finalidade string
				BaseLegal  string `json:"base_legal"`
				Prazo      string
				Dados      []map[string]any
			}
			Mencoes struct {
				OQueSao string         `json:"o_que_sao"`
				Linhas  map[string]int `json:"linhas_por_tabela"`
			}
		}
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	rows := 0
	for _, c := range doc.Contas[0].Categorias {
		if c.Finalidade == "" || c.BaseLegal == "" || c.Prazo == "" {
			t.Errorf("category %+v", c)
		}
		rows += len(c.Dados)
	}
	if m := doc.Contas[0].Mencoes; m.OQueSao == "" || m.Linhas["events"] == 0 {
		t.Errorf("mentions = %+v", m)
	}
	if rows < 6 || !bytes.Contains(raw, []byte(cnpj(1))) {
		t.Errorf("%d rows in %s", rows, raw)
	}
}

// everything is all that the bench's database holds, as its files or its rows have it.
func (b *bench) everything() string {
	b.t.Helper()
	var all strings.Builder
	if dsn := b.env["PONTE_DB"]; strings.HasPrefix(dsn, "postgres") {
		ctx := context.Background()
		c, err := pgx.Connect(ctx, dsn)
		if err != nil {
			b.t.Fatal(err)
		}
		defer func() { _ = c.Close(ctx) }()
		rows, err := c.Query(ctx, `select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace`)
		if err != nil {
			b.t.Fatal(err)
		}
		tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			b.t.Fatal(err)
		}
		for _, table := range tables {
			var text string
			if err := c.QueryRow(ctx, fmt.Sprintf(`select coalesce(string_agg(x::text, ' '), '') from %q x`, table)).Scan(&text); err != nil {
				b.t.Fatal(err)
			}
			all.WriteString(text)
		}
		return all.String()
	}
	for _, name := range []string{"ponte.db", "ponte.db-wal"} {
		raw, err := os.ReadFile(filepath.Join(b.dir, name))
		if err != nil && !os.IsNotExist(err) {
			b.t.Fatal(err)
		}
		all.Write(raw)
	}
	return all.String()
}
