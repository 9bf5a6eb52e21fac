using TaskDsl.Torch.Native;
using TaskDsl.Torch.Optimizers;
using TaskDsl.Torch.Tests.Models;
using TaskDsl.Torch.Tuning;
using Xunit;

namespace TaskDsl.Torch.Tests.Optimizers;

public sealed class GroupTests : TorchTest
{
    /// <summary>BEiT's rule: the head's rate is whole, the last layer's one decay lower, the embeddings' lowest.</summary>
    [Theory]
    [InlineData("llama", "model.embed_tokens.weight", 3)]
    [InlineData("llama", "model.layers.0.mlp.up_proj.weight", 2)]
    [InlineData("llama", "model.layers.1.input_layernorm.weight", 1)]
    [InlineData("llama", "model.norm.weight", 0)]
    [InlineData("llama", "lm_head.weight", 0)]
    [InlineData("bert_seqcls", "bert.embeddings.position_embeddings.weight", 3)]
    [InlineData("bert_seqcls", "bert.embeddings.LayerNorm.bias", 3)]
    [InlineData("bert_seqcls", "bert.encoder.layer.1.output.dense.bias", 1)]
    [InlineData("bert_seqcls", "bert.pooler.dense.weight", 0)]
    [InlineData("bert_seqcls", "classifier.weight", 0)]
    [InlineData("bart", "model.shared.weight", 5)]
    [InlineData("bart", "model.encoder.layers.0.fc1.weight", 4)]
    [InlineData("bart", "model.decoder.layers.0.fc1.weight", 2)]
    [InlineData("bart", "model.decoder.layers.1.fc1.weight", 1)]
    public void Layers_decay_from_the_top(string model, string name, int depth)
    {
        using var golden = new GoldenModel(model);
        Assert.Contains(name, golden.Model.Parameters.Keys);
        Assert.Equal(depth, golden.Model.DepthBelowTop(name));
        using var tuned = new Full().Start(golden.Model, 1);
        using var parameters = new AdamW { LayerDecay = 0.5 }.Flatten(tuned);
        var at = parameters.Places.Single(p =>
            TensorMemory
                .Span<float>(parameters.Values)[(int)p.Start..]
                .Overlaps(TensorMemory.Span<float>(golden.Model.Parameters[name].contiguous()), out var offset)
            && offset == 0
        );
        Assert.Equal(Math.Pow(0.5, depth), at.Group.LearningRate);
        Assert.True(at.Group.Decays);
    }

    [Fact]
    public void Adapters_decay_with_their_layers_on_top_of_their_own_factor()
    {
        using var golden = new GoldenModel("llama");
        using var tuned = new Lora { BRate = 16 }.Start(golden.Model, 1);
        using var parameters = new AdamW { LayerDecay = 0.5 }.Flatten(tuned);
        Assert.Equal([0.25, 0.5, 4, 8], parameters.Groups.Select(g => g.Group.LearningRate));
    }

    [Fact]
    public void Norms_and_biases_can_be_spared()
    {
        using var golden = new GoldenModel("bert_seqcls");
        using var tuned = new Full().Start(golden.Model, 1);
        using var parameters = new AdamW { DecayNormsAndBiases = false }.Flatten(tuned);
        Assert.Equal([false, true], parameters.Groups.Select(g => g.Group.Decays));
        var spared = tuned
            .Trained.Where(p => p.Key.EndsWith(".bias", StringComparison.Ordinal) || p.Key.Contains("LayerNorm", StringComparison.Ordinal))
            .Sum(p => p.Value.numel());
        Assert.Equal(spared, parameters.Places.Where(p => !p.Group.Decays).Sum(p => p.Shape.Aggregate(1L, (a, b) => a * b)));
    }
}
