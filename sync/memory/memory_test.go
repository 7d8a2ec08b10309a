package memory_test

import (
	"testing"

	"niangjia/sync/engine"
	"niangjia/sync/memory"
	"niangjia/sync/simtest"
)

func TestScenarios(t *testing.T) {
	simtest.Run(t, func(*testing.T) engine.Store { return memory.New() })
}
