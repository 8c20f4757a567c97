package main

import (
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// healthTimeout is how long a healthy server may take.
const healthTimeout = 3 * time.Second

func (p *program) healthcheckCommand() *cobra.Command {
	var url string
	c := &cobra.Command{
		Use:   "healthcheck",
		Short: "Ask a running mockidp whether it is well; exit code 0 when it is",
		Long: `healthcheck asks the protocol face for /healthz, by default where MOCKIDP_LISTEN
or PORT has it listen. It is what a container image calls, which need not have
curl.`,
		Example: `  mockidp healthcheck
  mockidp healthcheck --url http://127.0.0.1:9000/healthz`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if url == "" {
				at, err := p.healthURL()
				if err != nil {
					return err
				}
				url = at
			}
			request, err := http.NewRequestWithContext(cmd.Context(), http.MethodGet, url, http.NoBody)
			if err != nil {
				return fmt.Errorf("--url: %w", err)
			}
			answer, err := (&http.Client{Timeout: healthTimeout}).Do(request)
			if err != nil {
				return failed("not healthy: %w", err)
			}
			defer answer.Body.Close()
			if answer.StatusCode != http.StatusOK {
				return failed("not healthy: %s answered %s", url, answer.Status)
			}
			_, err = fmt.Fprintln(p.out, "ok")
			return err
		},
	}
	c.Flags().StringVar(&url, "url", "", "what to ask (default: /healthz where it listens by the environment)")
	return c
}

// healthURL is where a server with this environment listens.
func (p *program) healthURL() (string, error) {
	var s settings
	f := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	s.flags(f)
	if err := environment(f, p.getenv); err != nil {
		return "", err
	}
	at, err := net.ResolveTCPAddr("tcp", s.listen)
	if err != nil {
		return "", fmt.Errorf("MOCKIDP_LISTEN: %w", err)
	}
	return "http://" + reachable(s.listen, at) + "/healthz", nil
}
