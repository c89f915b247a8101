package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxFile is how large an accounts file may be: 1 MiB, hundreds of accounts.
const maxFile = 1 << 20

// Parse reads an accounts file, takes each ${NAME} from getenv, fills in the defaults and checks everything. What is
// wrong comes back as an *Error with every problem and its line.
func Parse(r io.Reader, getenv func(string) (string, bool)) (File, error) {
	return parse(r, &decoder{getenv: getenv, lines: map[string]int{}})
}

func parse(r io.Reader, d *decoder) (File, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return File{}, fmt.Errorf("cannot read the accounts file: %w", err)
	}
	if len(data) > maxFile {
		return File{}, fmt.Errorf("the accounts file is larger than 1 MiB; split it and apply each part")
	}
	root, err := parseYAML(data)
	if err != nil {
		return File{}, err
	}
	var file File
	d.decode(root, reflect.ValueOf(&file).Elem(), "")
	if d.nodes > maxNodes {
		return File{}, fmt.Errorf("the accounts file holds more than %d values; use fewer aliases or split it", maxNodes)
	}
	if len(d.problems) == 0 {
		d.check(file)
	}
	if err := asError(d.problems); err != nil {
		return File{}, err
	}
	return file, nil
}

// check adds what is wrong with the accounts, with the lines they stand on.
func (d *decoder) check(file File) {
	if len(file.Accounts) == 0 {
		d.problems = append(d.problems, Problem{Key: "accounts", Text: "must list at least one account"})
	}
	seen := map[string]int{}
	for i := range file.Accounts {
		account := &file.Accounts[i]
		account.complete()
		path := fmt.Sprintf("accounts[%d]", i)
		problems := account.problems
		if d.upload != nil {
			problems = func() []Problem { return d.upload.problems(account, path, d.secrets) }
		}
		for _, problem := range problems() {
			problem.Key = join(path, problem.Key)
			problem.Line = d.line(problem.Key)
			d.problems = append(d.problems, problem)
		}
		if first, twice := seen[account.ID]; twice {
			key := join(path, "id")
			d.problems = append(d.problems, Problem{d.line(key), key, fmt.Sprintf("is the id of accounts[%d] too; every account needs its own", first)})
			continue
		}
		seen[account.ID] = i
	}
}

// complete fills in what one key takes from another and gives addresses one spelling.
func (a *Account) complete() {
	if a.Name == "" {
		a.Name = a.ID
	}
	a.Auvo.BaseURL = strings.TrimRight(a.Auvo.BaseURL, "/")
	a.Omie.BaseURL = strings.TrimRight(a.Omie.BaseURL, "/")
}

// line is where a key stands, or the nearest block around it that stands in the file.
func (d *decoder) line(path string) int {
	for {
		if line, ok := d.lines[path]; ok {
			return line
		}
		end := strings.LastIndexAny(path, ".[")
		if end < 0 {
			return 0
		}
		path = path[:end]
	}
}

// parseYAML is the root of the only document in data.
func parseYAML(data []byte) (*yaml.Node, error) {
	docs := yaml.NewDecoder(bytes.NewReader(data))
	var document, second yaml.Node
	if err := docs.Decode(&document); err != nil && !errors.Is(err, io.EOF) {
		return nil, syntaxError(err)
	}
	if err := docs.Decode(&second); err == nil {
		return nil, &Error{[]Problem{{Line: second.Line, Text: "a second document begins; keep all accounts in one"}}}
	} else if !errors.Is(err, io.EOF) {
		return nil, syntaxError(err)
	}
	if len(document.Content) == 0 {
		return nil, fmt.Errorf("the accounts file is empty; it must begin with the key accounts")
	}
	return document.Content[0], nil
}

var quoted = regexp.MustCompile(`['"].*['"]`)

// syntaxError keeps what yaml says about the syntax but nothing that it quotes from the file.
func syntaxError(err error) error {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	return fmt.Errorf("the accounts file is not YAML: %s", quoted.ReplaceAllString(text, "…"))
}
