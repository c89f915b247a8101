package alert

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"

	"ponte/internal/config"
	"ponte/internal/store"
)

// Mail is the server that takes our messages.
type Mail struct {
	// Server is smtp://user:password@host:587 (with STARTTLS) or smtps://…:465; empty: none.
	Server config.Secret
	From   string
	TLS    *tls.Config // nil: the machine's certificates
}

// Check says what is wrong with the settings, nil without a server.
func (m Mail) Check() error {
	if m.Server.IsZero() {
		return nil
	}
	if _, err := m.client(); err != nil {
		return err
	}
	return mail.NewMsg().From(m.From)
}

// client makes one. Without TLS nothing is sent but to this machine: a password
// and what the messages tell would be there to read. Errors hold no password.
func (m Mail) client() (*mail.Client, error) {
	u, err := url.Parse(m.Server.Reveal())
	if err != nil || u.Hostname() == "" || (u.Scheme != "smtp" && u.Scheme != "smtps") {
		return nil, errors.New("the mail server must be smtp://user:password@host:587 or smtps://user:password@host:465")
	}
	here := isHere(u.Hostname())
	opts := []mail.Option{mail.WithTimeout(20 * time.Second)}
	switch {
	case u.Scheme == "smtps":
		opts = append(opts, mail.WithSSL(), mail.WithPort(465))
	case here:
		opts = append(opts, mail.WithTLSPolicy(mail.TLSOpportunistic), mail.WithPort(25))
	default:
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory), mail.WithPort(587))
	}
	if port, err := strconv.Atoi(u.Port()); err == nil {
		opts = append(opts, mail.WithPort(port))
	}
	if password, ok := u.User.Password(); ok {
		auth := mail.SMTPAuthAutoDiscover
		if here {
			auth = mail.SMTPAuthPlainNoEnc
		}
		opts = append(opts, mail.WithSMTPAuth(auth), mail.WithUsername(u.User.Username()), mail.WithPassword(password))
	}
	if m.TLS != nil {
		opts = append(opts, mail.WithTLSConfig(m.TLS))
	}
	return mail.NewClient(u.Hostname(), opts...)
}

func isHere(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

func (m Mail) send(ctx context.Context, message store.Message) error {
	if m.Server.IsZero() {
		return errors.New("no mail server is set: see PONTE_SMTP_URL")
	}
	client, err := m.client()
	if err != nil {
		return err
	}
	msg := mail.NewMsg()
	if err := msg.From(m.From); err != nil {
		return fmt.Errorf("the sender's address: %w", err)
	}
	if err := msg.To(message.To); err != nil {
		return fmt.Errorf("the receiver's address: %w: %w", err, errForGood)
	}
	msg.Subject(message.Subject)
	msg.SetDateWithValue(message.Made)
	msg.SetMessageIDWithValue(deliveryID(message) + "@ponte")
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(mail.TypeTextPlain, message.Body)
	err = client.DialAndSendWithContext(ctx, msg)
	if e, ok := errors.AsType[*mail.SendError](err); ok && !e.IsTemp() && e.ErrorCode() >= 500 {
		return fmt.Errorf("%w: %w", err, errForGood)
	}
	return err
}

// deliveryID names a message to its receiver, the same at every attempt.
func deliveryID(m store.Message) string {
	sum := sha256.Sum256([]byte(m.Account + "\x00" + m.Key + "\x00" + m.Made.String()))
	return hex.EncodeToString(sum[:16])
}
