package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Credential is one secret of an account.
type Credential struct {
	// Key is where it stands in the accounts file, such as auvo.api_token.
	Key string
	// Value is the account's own field.
	Value *Secret
	// Env is the environment variable that an exported file takes it from, such as ACME_AUVO_TOKEN.
	Env string
	// Optional: an account may do without it.
	Optional bool
}

// Credentials are the secrets of an account, in the file's order: what is sealed and kept apart from Settings.
func (a *Account) Credentials() []Credential {
	prefix := strings.ToUpper(strings.ReplaceAll(a.ID, "-", "_"))
	if strings.TrimLeft(prefix[:min(1, len(prefix))], "0123456789") == "" {
		prefix = "_" + prefix // no variable begins with a digit
	}
	return []Credential{
		{"auvo.api_key", &a.Auvo.APIKey, prefix + "_AUVO_KEY", false},
		{"auvo.api_token", &a.Auvo.APIToken, prefix + "_AUVO_TOKEN", false},
		{"omie.app_key", &a.Omie.AppKey, prefix + "_OMIE_KEY", false},
		{"omie.app_secret", &a.Omie.AppSecret, prefix + "_OMIE_SECRET", false},
		{"alerts.webhook.url", &a.Alerts.Webhook.URL, prefix + "_ALERTS_URL", true},
		{"alerts.webhook.secret", &a.Alerts.Webhook.Secret, prefix + "_ALERTS_SECRET", true},
	}
}

// Settings is everything of an account but its secrets, as JSON. The same settings are the same text, so it can be
// hashed to see a change.
func (a Account) Settings() string {
	for _, credential := range a.Credentials() {
		*credential.Value = Secret{}
	}
	return string(encode(a))
}

// Restore is the account that Settings wrote. Its secrets are empty, and what newer settings it lacks are the defaults.
func Restore(settings string) (Account, error) {
	account, err := restore(settings)
	if err != nil {
		return Account{}, fmt.Errorf("cannot read an account's settings: %w", err)
	}
	return account, nil
}

func restore(settings string) (Account, error) {
	root, err := parseYAML([]byte(settings))
	if err != nil {
		return Account{}, err
	}
	account := New[Account]()
	d := &decoder{lines: map[string]int{}, literal: true}
	d.decode(root, reflect.ValueOf(account).Elem(), "")
	return *account, asError(d.problems)
}

// encode writes a block as JSON with its keys in the structs' order, ids sorted, and no null for an empty list.
func encode[T any](block T) []byte {
	fillLists(reflect.ValueOf(&block).Elem())
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(block); err != nil {
		panic(fmt.Sprintf("config: our own structs cannot be written as JSON: %v", err))
	}
	return bytes.TrimSpace(out.Bytes())
}

// fillLists makes every list and map of a block that is nil an empty one.
func fillLists(block reflect.Value) {
	for _, f := range fields(block) {
		switch v := reflect.Indirect(f.value); {
		case !v.IsValid():
		case isBlock(v.Type()):
			fillLists(v)
		default:
			setEmpty(v)
		}
	}
}

// Export writes an accounts file in which every secret is a ${NAME} of the environment. Parse reads it back.
func Export(file File) ([]byte, error) {
	root := &yaml.Node{Kind: yaml.SequenceNode}
	for _, account := range file.Accounts {
		credentials := slices.DeleteFunc(account.Credentials(), func(c Credential) bool { return c.Optional && c.Value.IsZero() })
		for _, credential := range credentials {
			*credential.Value = NewSecret(credential.Env)
		}
		node, err := parseYAML(encode(account))
		if err != nil {
			return nil, fmt.Errorf("cannot export account %s: %w", account.ID, err)
		}
		tidy(node)
		for _, credential := range credentials {
			place(node, credential)
		}
		root.Content = append(root.Content, node)
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(map[string]*yaml.Node{"accounts": root}); err != nil {
		return nil, fmt.Errorf("cannot export the accounts: %w", err)
	}
	return out.Bytes(), encoder.Close()
}

// tidy turns JSON's look into YAML's: blocks on lines of their own, words without quotes, short lists on one line.
func tidy(node *yaml.Node) {
	node.Style = 0
	switch {
	case node.Kind == yaml.ScalarNode:
		node.Value = strings.ReplaceAll(node.Value, "${", "$${")
	case len(node.Content) == 0, node.Kind == yaml.SequenceNode && node.Content[0].Kind == yaml.ScalarNode:
		node.Style = yaml.FlowStyle
	}
	for _, child := range node.Content {
		tidy(child)
	}
}

// place writes a credential's ${NAME} at its key.
func place(node *yaml.Node, credential Credential) {
	for step := range strings.SplitSeq(credential.Key, ".") {
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == step {
				node = node.Content[i+1]
				break
			}
		}
	}
	node.Value = "${" + credential.Env + "}"
}
