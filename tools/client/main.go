// Command client asks a Ponte by the client that was generated from its own
// document. It is compiled and run by a test (cmd/ponte, TestAGeneratedClient…),
// which generates the package ponte beside it:
//
//	client ADDRESS ACCOUNT
//
// The token is in PONTE_TOKEN. It prints what it found, a line each.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"

	"ponte/tools/client/ponte"
)

func main() {
	if err := run(context.Background(), os.Args[1], os.Args[2], os.Getenv("PONTE_TOKEN")); err != nil {
		fmt.Fprintln(os.Stderr, "client:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, address, account, token string) error {
	bearer := func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+token)
		return nil
	}
	c, err := ponte.NewClientWithResponses(address, ponte.WithRequestEditorFn(bearer))
	if err != nil {
		return err
	}
	accounts, err := c.AccountsWithResponse(ctx)
	if err != nil {
		return err
	}
	for _, a := range *accounts.JSON200 {
		fmt.Println("account", a.Account)
	}
	runs, err := c.RunsWithResponse(ctx, account, &ponte.RunsParams{})
	if err != nil {
		return err
	}
	for _, r := range runs.JSON200.Runs {
		fmt.Println("run", r.Run, r.Complete)
	}
	waiting, err := c.WaitingWithResponse(ctx, account)
	if err != nil {
		return err
	}
	for _, w := range *waiting.JSON200 {
		fmt.Println("waits", w.Cause)
	}
	key, cause := "generated", "nothing-to-bill"
	for range 2 {
		retried, err := c.RetryWithResponse(ctx, account, &ponte.RetryParams{IdempotencyKey: &key}, ponte.RetryAsked{Cause: &cause})
		if err != nil {
			return err
		}
		fmt.Println("retried", len(retried.JSON200.Records), retried.HTTPResponse.Header.Get("Idempotency-Replayed"))
	}
	refused, err := c.StatusWithResponse(ctx, "nobody-there")
	if err != nil {
		return err
	}
	fmt.Println("refused", *refused.ApplicationproblemJSON404.Status, *refused.ApplicationproblemJSON404.Detail)
	return nil
}
