package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"ponte/internal/store"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Check that the audit trail is whole."`
	Export auditExportCmd `cmd:"" help:"Write the audit trail, one JSON object a line."`
}

type auditVerifyCmd struct {
	Expect string `placeholder:"HASH" help:"A hash that an earlier verify printed, which must still be in the chain."`
	JSON   bool   `name:"json" help:"One JSON object."`
}

func (auditVerifyCmd) Help() string {
	return "Each act of a person is bound to all acts before it by a hash. This reads the whole chain and prints its last hash.\n" +
		"Keep that where nobody who may write to the database can: a chain that was made anew from some act on is whole in itself,\n" +
		"but lacks the hash that you kept (--expect).\n\nExample:\n  ponte audit verify --expect 9f86d081884c7d65"
}

// Run reads the chain; what breaks it is an error.
func (c *auditVerifyCmd) Run(s *session) error {
	db, err := s.open()
	if err != nil {
		return err
	}
	kept := c.Expect == ""
	newest, err := db.VerifyActs(s.ctx, func(a store.Act) error {
		kept = kept || a.Hash == c.Expect
		return nil
	})
	if err != nil {
		return err
	}
	if !kept {
		return errors.New("the audit is whole in itself, but lacks the hash that was expected: it was cut or made anew since, or the hash is another database's")
	}
	if c.JSON {
		return json.NewEncoder(s.out()).Encode(map[string]any{"acts": newest.Seq, "hash": newest.Hash})
	}
	if newest.Seq == 0 {
		s.printf("the audit is whole: nobody has done anything yet\n")
		return nil
	}
	s.printf("the audit is whole: %d acts, the newest of %s\nlast hash: %s\n", newest.Seq, newest.At.Format(time.RFC3339), newest.Hash)
	return nil
}

type auditExportCmd struct{}

func (auditExportCmd) Help() string {
	return "Writes every act, oldest first, and checks the chain on the way. An act's hash is SHA-256, in hex, of the JSON list\n" +
		"[hash of the act before, seq, at in unix milliseconds, account, person, by, what, about, said, fields as JSON text or \"\" when there are none].\n\n" +
		"Example:\n  ponte audit export > audit.jsonl"
}

// An auditLine is an act as it is exported.
type auditLine struct {
	Seq     int64            `json:"seq"`
	At      time.Time        `json:"at"`
	Account string           `json:"account"`
	Person  string           `json:"person"`
	By      string           `json:"by"`
	What    string           `json:"what"`
	About   string           `json:"about"`
	Said    string           `json:"said"`
	Fields  []store.ActField `json:"fields"`
	Hash    string           `json:"hash"`
}

// Run writes the acts up to the first that does not fit, which is an error.
func (*auditExportCmd) Run(s *session) error {
	db, err := s.open()
	if err != nil {
		return err
	}
	lines := json.NewEncoder(s.out())
	_, err = db.VerifyActs(s.ctx, func(a store.Act) error {
		a.At, a.Fields = a.At.UTC(), append([]store.ActField{}, a.Fields...) // a list, though empty
		return lines.Encode(auditLine(a))
	})
	if broken := (*store.BrokenChainError)(nil); errors.As(err, &broken) {
		return fmt.Errorf("exported only what stands before it: %w", err)
	}
	return err
}
