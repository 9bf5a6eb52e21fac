using TaskDsl.Torch.Tests.Models;
using TaskDsl.Torch.Tuning;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Tuning;

public sealed class BottleneckTests : TorchTest
{
    [Theory, InlineData(BottleneckPlace.Houlsby), InlineData(BottleneckPlace.Pfeiffer), InlineData(BottleneckPlace.Parallel)]
    public void A_bottleneck_is_its_formula(BottleneckPlace place)
    {
        using var golden = new GoldenModel("llama");
        using var tuned = new Bottleneck
        {
            Place = place,
            Size = 8,
            Scale = 3,
        }.Start(golden.Model, 1);
        using (no_grad())
            foreach (var parameter in tuned.Trained.Values)
                parameter.normal_(0, 0.1);
        var x = randn(2, 5, golden.Model.Config.HiddenSize);
        var y = randn(2, 5, golden.Model.Config.HiddenSize);
        Assert.Equal(place == BottleneckPlace.Houlsby ? 4 : 2, golden.Model.Sublayers.Count(s => s.Updates.Count > 0));
        foreach (var sublayer in golden.Model.Sublayers.Where(s => s.Updates.Count > 0))
        {
            var name = $"base_model.model.{sublayer.LinearLayers.First().Name}.bottleneck";
            var inner =
                (place == BottleneckPlace.Parallel ? x : y).matmul(tuned.Trained[$"{name}.down.weight"].t())
                + tuned.Trained[$"{name}.down.bias"];
            var expected = y + 3 * (inner.clamp_min(0).matmul(tuned.Trained[$"{name}.up.weight"].t()) + tuned.Trained[$"{name}.up.bias"]);
            Close(expected, sublayer.Updates.Single().Forward(sublayer, x, y), 1e-5);
        }
    }
}
