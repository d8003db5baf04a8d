package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"radioquote/bot/command"
	"radioquote/bot/model"
	"radioquote/quoting"
)

// modelFlags name the second reader; without them there is none.
type modelFlags struct {
	ModelURL  string     `name:"model-url" env:"RADIOQUOTE_MODEL_URL" placeholder:"URL" help:"An OpenAI-compatible API, or an Azure OpenAI resource or deployment, that reads what the grammar is not sure of; default none."`
	ModelKey  secretText `name:"model-key" env:"RADIOQUOTE_MODEL_KEY" placeholder:"SECRET" help:"Its key."`
	ModelName string     `name:"model-name" env:"RADIOQUOTE_MODEL_NAME" placeholder:"NAME" help:"The model, or the deployment; it has to take temperature 0 and structured outputs."`
}

// second is the second reader, or nil where none is configured.
func (f modelFlags) second(metrics prometheus.Registerer, words *command.Reader) (*model.Reader, error) {
	if f.ModelURL == "" {
		if f.ModelKey != "" || f.ModelName != "" {
			return nil, &usageError{errors.New("a model has a key or a name but no address: set RADIOQUOTE_MODEL_URL, or neither")}
		}
		return nil, nil
	}
	r, err := model.New(model.Config{URL: f.ModelURL, Key: model.NewKey(string(f.ModelKey)), Name: f.ModelName, Metrics: metrics, Words: words})
	if err != nil {
		return nil, &usageError{fmt.Errorf("%w: check RADIOQUOTE_MODEL_URL, _MODEL_KEY and _MODEL_NAME", err)}
	}
	return r, nil
}

// probe asks the second reader about a message of nobody's.
func (f modelFlags) probe(ctx context.Context) quoting.Probe {
	p := quoting.Probe{Name: "second reader", State: quoting.ProbeBroken}
	r, err := f.second(prometheus.NewRegistry(), nil)
	if err != nil {
		p.Found = oneLine(err)
		return p
	}
	began := time.Now()
	_, outcome, err := r.Read(ctx, quoting.Command{Text: "a dozen people at one site"}, quoting.Dialogue{})
	took := time.Since(began).Round(time.Millisecond)
	switch outcome {
	case "":
		p.State, p.Found = quoting.ProbeGood, fmt.Sprintf("answers in %s", took)
		return p
	case model.Late:
		p.State, p.Mend = quoting.ProbeWeak, "Choose a smaller model, or one that is nearer: people wait two seconds for it at most."
	case model.Nonsense, model.Unsupported, model.Refused:
		p.State, p.Mend = quoting.ProbeWeak, "Choose a model that keeps to structured outputs (response_format json_schema, strict)."
	case model.Rejected:
		p.Mend = "Check RADIOQUOTE_MODEL_URL, _MODEL_KEY and _MODEL_NAME, and that the model takes temperature 0 and structured outputs."
	default:
		p.Mend = "Let this machine reach the address. Until then the grammar reads alone."
	}
	p.Found = string(outcome)
	if err != nil {
		p.Found += ": " + oneLine(err)
	}
	return p
}
