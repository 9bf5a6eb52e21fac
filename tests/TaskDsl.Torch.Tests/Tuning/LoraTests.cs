using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Safetensors;
using TaskDsl.Torch.Tests.Training;
using TaskDsl.Torch.Tuning;
using TaskDsl.Torch.Tuning.Adapters;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Tuning;

public sealed class LoraTests : TorchTest
{
    [Fact]
    public void A_new_adapter_changes_nothing_and_trains_only_itself()
    {
        using var model = TinyModel.Open();
        var ids = tensor(new long[] { 7, 8, 9 }, [1, 3]);
        var before = model.Decoder.Hidden(ids);
        using var tuned = new Lora { Sites = [Site.Query, Site.Down] }.Apply(model.Decoder, 1);
        Close(before, model.Decoder.Hidden(ids), 0);
        Assert.Equal(2 * 2 * 2, tuned.Trained.Count);
        Assert.All(model.Decoder.Parameters.Values, p => Assert.False(p.requires_grad));
        Assert.All(tuned.Trained, p => Assert.True(p.Value.requires_grad));
        Assert.All(tuned.Trained.Where(p => p.Key.Contains("lora_A", StringComparison.Ordinal)), p =>
        {
            var bound = 1 / Math.Sqrt(p.Value.size(1));
            Assert.InRange(p.Value.abs().max().ToDouble(), 0.9 * bound, bound);
        });
    }

    [Fact]
    public void An_adapter_is_read_back_as_it_was_saved()
    {
        using var folder = new TempFolder();
        using var model = TinyModel.Open();
        Tensor expected;
        using (var tuned = new Lora { Rank = 3, Alpha = 5 }.Apply(model.Decoder, 1))
        {
            using (no_grad())
                foreach (var parameter in tuned.Trained.Values)
                    parameter.add_(0.01f);
            expected = model.Decoder.Hidden(tensor(new long[] { 7, 8 }, [1, 2]));
            tuned.Save(folder.Path, "models/base");
        }

        using var read = Adapters.Load(model.Decoder, folder.Path);
        Close(expected, model.Decoder.Hidden(tensor(new long[] { 7, 8 }, [1, 2])), 0);
    }

    [Fact]
    public void A_site_that_the_model_lacks_is_an_error()
    {
        using var model = TinyModel.Open();
        var error = Assert.Throws<NotSupportedException>(() => new Lora { Sites = [Site.Embedding] }.Apply(model.Decoder, 1));
        Assert.Contains("embedding", error.Message, StringComparison.Ordinal);
        Assert.Contains("query, key, value", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"use_dora\": false", "\"use_qalora\": true", "use_qalora")]
    [InlineData("\"bias\": \"none\"", "\"bias\": \"all\"", "bias")]
    [InlineData("\"LORA\"", "\"XLORA\"", "BOTTLENECK, COMBINED, IA3, LORA,")]
    public void What_is_not_supported_is_refused_by_name(string was, string becomes, string named)
    {
        using var folder = new TempFolder();
        using var model = TinyModel.Open();
        using (var tuned = new Lora().Apply(model.Decoder, 1))
            tuned.Save(folder.Path, "base");
        var config = folder.File("adapter_config.json");
        var text = File.ReadAllText(config);
        Assert.Contains(was, text, StringComparison.Ordinal);
        File.WriteAllText(config, text.Replace(was, becomes, StringComparison.Ordinal));
        Assert.Contains(
            named,
            Assert.Throws<NotSupportedException>(() => Adapters.Load(model.Decoder, folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_adapter_of_another_model_is_refused()
    {
        using var folder = new TempFolder();
        using (var other = (TinyModel.Source with { Layers = 3 }).Open(new ModelRequest { ProjectDirectory = "." }))
        using (var tuned = new Lora().Apply(other.Decoder, 1))
            tuned.Save(folder.Path, "base");
        using var model = TinyModel.Open();
        Assert.Contains(
            "layers.2",
            Assert.Throws<SafetensorsException>(() => Adapters.Load(model.Decoder, folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_adapter_whose_model_is_gone_says_so()
    {
        using var folder = new TempFolder();
        using var model = TinyModel.Open();
        using (var tuned = new Lora().Apply(model.Decoder, 1))
            tuned.Save(folder.Path, "models/no-such-base");
        Assert.Contains(
            "models/no-such-base",
            Assert.Throws<ModelException>(() => Adapters.ModelFolder(folder.Path)).Message,
            StringComparison.Ordinal
        );
    }
}
