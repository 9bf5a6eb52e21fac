using TaskDsl.Torch.Tests.Models;
using TaskDsl.Torch.Tuning;
using Xunit;

namespace TaskDsl.Torch.Tests.Tuning;

public sealed class PrefixTuningTests : TorchTest
{
    [Fact]
    public void A_prefix_is_what_its_network_makes_of_its_table()
    {
        using var golden = new GoldenModel("llama");
        using var tuned = new PrefixTuning { VirtualTokens = 3, Projection = 16 }.Start(golden.Model, 1);
        var t = tuned.Trained;
        var hidden = (
            t["prompt_encoder.embedding.weight"].matmul(t["prompt_encoder.mlp_head.0.weight"].t()) + t["prompt_encoder.mlp_head.0.bias"]
        ).tanh();
        var table = hidden.matmul(t["prompt_encoder.mlp_head.2.weight"].t()) + t["prompt_encoder.mlp_head.2.bias"];
        Close(table.view(3, 4, 2, 16), golden.Model.Prefix!(), 1e-6);
    }
}
