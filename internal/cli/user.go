package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
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
	Role   userRoleCmd   `cmd:"" help:"Give a person another role, for all accounts or for some."`
	Remove userRemoveCmd `cmd:"" help:"Remove a person and end their sessions."`

	TOTPReset userTOTPResetCmd `cmd:"" name:"totp-reset" help:"Take the second step out of the sign-in of a person who lost its device."`
}

type userAddCmd struct {
	Email         string `arg:"" help:"The person's e-mail."`
	rolesFlags    `embed:""`
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
	if has, err := db.HasPeople(s.ctx); err != nil || !has && p.Role != string(signin.Administrator) {
		return cmp.Or(err, errors.New("the first person must be an administrator of all accounts: use --role administrator"))
	}
	_, some := c.asked()
	if err := db.AddPerson(s.acting("", audit.PersonInvited(p, some...)), p, some...); err != nil {
		if errors.Is(err, store.ErrEmailTaken) {
			return fmt.Errorf("%s is there already: see ponte user list", p.Email)
		}
		return c.refused(err)
	}
	s.printf("added %s as %s\n", p.Email, c.told())
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
	role, _ := c.asked()
	return store.Person{ID: strings.ToLower(newRunID()), Email: email, Name: cmp.Or(strings.TrimSpace(c.Name), name), Role: role, Created: time.Now()}, nil
}

// rolesFlags are a role, and the accounts that it is for.
type rolesFlags struct {
	Role    string   `enum:"administrator,operator,reader" default:"reader" help:"What they may do: ${enum}."`
	Account []string `help:"Only on this account (again for more); all accounts when there is none."`
}

// asked is the role for all accounts, or the roles for some.
func (f rolesFlags) asked() (role string, some []store.AccountRole) {
	if len(f.Account) == 0 {
		return f.Role, nil
	}
	accounts := slices.Compact(slices.Sorted(slices.Values(f.Account)))
	for _, a := range accounts {
		some = append(some, store.AccountRole{Account: a, Role: f.Role})
	}
	return "", some
}

func (f rolesFlags) told() string {
	if len(f.Account) == 0 {
		return f.Role
	}
	return f.Role + " of " + strings.Join(f.Account, ", ")
}

// refused tells why a role was not given; other errors stay as they are.
func (f rolesFlags) refused(err error) error {
	switch {
	case errors.Is(err, store.ErrNoAccount):
		return fmt.Errorf("one of %s is no account: see ponte accounts list", strings.Join(f.Account, ", "))
	case errors.Is(err, store.ErrLastAdmin):
		return errors.New("that is the last administrator of all accounts: add another first")
	}
	return err
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
	people, err := db.Members(s.ctx, time.Now())
	if err != nil {
		return err
	}
	t := newTable(s.out(), "E-MAIL", "ROLE", "NAME", "PASSWORD", "TWO STEPS")
	for _, p := range people {
		state, second := "chosen", "off"
		if p.Password == "" {
			state = "not chosen yet"
		}
		if p.TwoSteps {
			second = "on"
		}
		roles, err := s.rolesOf(p.Person)
		if err != nil {
			return err
		}
		t.row(p.Email, roles, oneLine(p.Name), state, second)
	}
	return t.flush(fmt.Sprintf("%d people", len(people)))
}

// rolesOf says what a person is: to all accounts, or to which.
func (s *session) rolesOf(p store.Person) (string, error) {
	if p.Role != "" {
		return p.Role, nil
	}
	roles, err := s.db.AccountRoles(s.ctx, p.ID)
	var each []string
	for _, r := range roles {
		each = append(each, r.Account+":"+r.Role)
	}
	return cmp.Or(strings.Join(each, " "), "none"), err
}

type userRoleCmd struct {
	Email      string `arg:"" help:"The person's e-mail."`
	rolesFlags `embed:""`
}

func (userRoleCmd) Help() string {
	return "What they were before ends: with --account they are nothing to every other account.\n\n" +
		"Example:\n  ponte user role ana@example.test --role operator --account acme"
}

func (c *userRoleCmd) Run(s *session) error {
	p, err := s.who(c.Email)
	if err != nil {
		return err
	}
	before, err := s.db.AccountRoles(s.ctx, p.ID)
	if err != nil {
		return err
	}
	role, some := c.asked()
	if err := s.db.SetRoles(s.acting("", audit.RoleChanged(p, before, role, some)), p.ID, role, some...); err != nil {
		return c.refused(err)
	}
	s.printf("%s is %s\n", p.Email, c.told())
	return nil
}

type userTOTPResetCmd struct {
	Email string `arg:"" help:"The person's e-mail."`
	Yes   bool   `help:"Do it without asking."`
}

func (userTOTPResetCmd) Help() string {
	return "Their sessions end. Where two steps are required of all, they set them up again at the next sign-in.\n\n" +
		"Example:\n  ponte user totp-reset ana@example.test --yes"
}

func (c *userTOTPResetCmd) Run(s *session) error {
	p, err := s.who(c.Email)
	if err != nil {
		return err
	}
	if err := s.confirm(c.Yes, p.Email+" will sign in without a second step, and their sessions be ended"); err != nil {
		return err
	}
	if err := s.db.DropTOTP(s.acting("", audit.TwoStepsReset(p)), p.ID, true); err != nil {
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("%s signs in without a second step already", p.Email)
		}
		return err
	}
	s.printf("%s signs in without a second step\n", p.Email)
	return nil
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
	roles, err := s.db.AccountRoles(s.ctx, p.ID)
	if err != nil {
		return err
	}
	if err := s.db.RemovePerson(s.acting("", audit.PersonRemoved(p, roles)), p.ID); err != nil {
		if errors.Is(err, store.ErrLastAdmin) {
			return fmt.Errorf("%s is the last administrator: add another first", p.Email)
		}
		return err
	}
	s.printf("removed %s\n", p.Email)
	return nil
}
