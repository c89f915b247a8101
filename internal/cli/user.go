package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"ponte/internal/audit"
	"ponte/internal/signin"
	"ponte/internal/store"
	"ponte/internal/web"
)

type userCmd struct {
	Add    userAddCmd    `cmd:"" help:"Add a person, and print the link that lets them choose a password."`
	Link   userLinkCmd   `cmd:"" help:"Print a new link for a person who lost the password."`
	List   userListCmd   `cmd:"" help:"List people and their roles."`
	Remove userRemoveCmd `cmd:"" help:"Remove a person and end their sessions."`
}

type userAddCmd struct {
	Email         string `arg:"" help:"The person's e-mail."`
	Role          string `enum:"administrator,operator,reader" default:"reader" help:"What they may do: ${enum}."`
	Name          string `help:"How pages and history call them; from the e-mail when empty."`
	PasswordStdin bool   `name:"password-stdin" help:"Take the password from standard input instead of printing a link."`
}

func (userAddCmd) Help() string {
	return "The link works once, for a day: hand it to that person alone.\n\nExample:\n  ponte user add ana@example.test --role operator"
}

func (c *userAddCmd) Run(s *session) error {
	p, err := c.person()
	if err != nil {
		return err
	}
	if c.PasswordStdin {
		if p.Password, err = readPassword(s.world.Stdin, p.Email); err != nil {
			return err
		}
	}
	db, err := s.open()
	if err != nil {
		return err
	}
	if has, err := db.HasPeople(s.ctx); err != nil || !has && c.Role != string(signin.Administrator) {
		return cmp.Or(err, errors.New("the first person must be an administrator: use --role administrator"))
	}
	if err := db.AddPerson(s.acting("", audit.PersonInvited(p)), p); err != nil {
		if errors.Is(err, store.ErrEmailTaken) {
			return fmt.Errorf("%s is there already: see ponte user list", p.Email)
		}
		return err
	}
	s.printf("added %s as %s\n", p.Email, p.Role)
	if c.PasswordStdin {
		return nil
	}
	return s.printLink(s.ctx, p) // the act of adding tells it
}

func (c *userAddCmd) person() (store.Person, error) {
	email, ok := signin.Email(c.Email)
	if !ok {
		return store.Person{}, usage("%q is no e-mail", c.Email)
	}
	name, _, _ := strings.Cut(email, "@")
	return store.Person{ID: strings.ToLower(newRunID()), Email: email, Name: cmp.Or(strings.TrimSpace(c.Name), name), Role: c.Role, Created: time.Now()}, nil
}

// readPassword takes one line; a password never stands in a command line (P10).
func readPassword(in io.Reader, email string) (string, error) {
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	password := strings.TrimRight(line, "\r\n")
	if weak := signin.Weak(password, email); weak != "" {
		return "", errors.New("the password will not do: " + weak)
	}
	return signin.Hash(password)
}

// printLink prints the link with which a person chooses a password.
func (s *session) printLink(ctx context.Context, p store.Person) error {
	link, err := web.Invite(ctx, s.db, s.globals.publicURL(), p.ID, time.Now())
	if err == nil {
		s.printf("%s chooses a password at this address, which works once, for a day:\n  %s\n", p.Email, link)
	}
	return err
}

// publicURL is the address that browsers use.
func (g globals) publicURL() string {
	return cmp.Or(g.PublicURL, "http://"+g.Addr)
}

// who returns the person with an e-mail.
func (s *session) who(email string) (store.Person, error) {
	db, err := s.open()
	if err != nil {
		return store.Person{}, err
	}
	email, _ = signin.Email(email)
	p, err := db.PersonByEmail(s.ctx, email)
	if errors.Is(err, store.ErrNotFound) {
		return p, fmt.Errorf("there is no %q: see ponte user list", email)
	}
	return p, err
}

type userLinkCmd struct {
	Email string `arg:"" help:"The person's e-mail."`
}

func (userLinkCmd) Help() string {
	return "The old password works until the new one is chosen.\n\nExample:\n  ponte user link ana@example.test"
}

func (c *userLinkCmd) Run(s *session) error {
	p, err := s.who(c.Email)
	if err != nil {
		return err
	}
	return s.printLink(s.acting("", audit.InvitationRenewed(p)), p)
}

type userListCmd struct{}

func (userListCmd) Help() string { return "Example:\n  ponte user list" }

func (userListCmd) Run(s *session) error {
	db, err := s.open()
	if err != nil {
		return err
	}
	people, err := db.People(s.ctx)
	if err != nil {
		return err
	}
	t := newTable(s.out(), "E-MAIL", "ROLE", "NAME", "PASSWORD")
	for _, p := range people {
		state := "chosen"
		if p.Password == "" {
			state = "not chosen yet"
		}
		t.row(p.Email, p.Role, oneLine(p.Name), state)
	}
	return t.flush(fmt.Sprintf("%d people", len(people)))
}

type userRemoveCmd struct {
	Email string `arg:"" help:"The person's e-mail."`
	Yes   bool   `help:"Do it without asking."`
}

func (userRemoveCmd) Help() string { return "Example:\n  ponte user remove ana@example.test --yes" }

func (c *userRemoveCmd) Run(s *session) error {
	p, err := s.who(c.Email)
	if err != nil {
		return err
	}
	if err := s.confirm(c.Yes, fmt.Sprintf("%s (%s) will be removed, and their sessions ended", p.Email, p.Role)); err != nil {
		return err
	}
	if err := s.db.RemovePerson(s.acting("", audit.PersonRemoved(p)), p.ID); err != nil {
		if errors.Is(err, store.ErrLastAdmin) {
			return fmt.Errorf("%s is the last administrator: add another first", p.Email)
		}
		return err
	}
	s.printf("removed %s\n", p.Email)
	return nil
}
