using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Tuning;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Tests.Vocabulary;

public sealed class InlineOverrideTests
{
    private static readonly Override Override = new(Words.Of(typeof(InlineOverrideTests).Assembly), TaskCatalog.Default);

    private static Recipe Tiny => Recipes.Tiny;

    /// <summary>A step's verb has no key of its own, and a recipe's properties stand beside its name.</summary>
    [Theory]
    [InlineData("train.seed=7"), InlineData("seed=7")]
    [InlineData("train.tuning.lora.rank=3", 3), InlineData("tuning.lora.rank=3", 3)]
    public void What_stands_beside_other_properties_is_changed_there(string setting, int? rank = null)
    {
        var step = new PipelineStep { Verb = new TrainStep { Recipe = Tiny } };
        var changed = Assert.IsType<TrainStep>(Override.Apply(step, [setting]).Verb);
        Assert.Equal(rank is null ? 7 : Tiny.Seed, changed.Recipe.Seed);
        Assert.Equal(rank, (changed.Recipe.Tuning as Lora)?.Rank);
        Assert.Same(Tiny, ((TrainStep)step.Verb).Recipe);
    }
}
