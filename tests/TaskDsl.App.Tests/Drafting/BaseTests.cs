using System.Globalization;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Recipes;

namespace TaskDsl.App.Tests.Drafting;

/// <summary>Which model a draft starts from: the English encoder, where the project has it and it can answer.</summary>
public sealed class BaseTests
{
    // As the package TaskDsl.Models.MiniLM declares it.
    private const string MiniLm = """
        [TaskDsl.Vocabulary.Keyword("minilm")]
        public sealed record MiniLmModel : TaskDsl.Torch.Opening.Loading.StoredModel
        {
            public override string FindFolder() => throw new System.NotSupportedException();
        }
        """;

    [Fact]
    public async Task English_labels_are_learned_by_the_encoder_that_the_project_has()
    {
        var (page, recipe) = await DraftAsync(MiniLm, i => $"{DraftProject.Text(i)},{(i % 2 == 0 ? "late" : "wrong")}");
        Assert.IsAssignableFrom<StoredModel>(recipe.Model);
        Assert.Contains("model: minilm\n", page, StringComparison.Ordinal);
        Assert.Contains("minilm reads English alone.", page, StringComparison.Ordinal);
        Assert.Contains("learning_rate: 3e-4", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_it_the_encoder_is_new()
    {
        var (page, recipe) = await DraftAsync("", i => $"{DraftProject.Text(i)},{(i % 2 == 0 ? "late" : "wrong")}");
        Assert.IsNotAssignableFrom<StoredModel>(recipe.Model);
        Assert.Contains("model: {encoder: {", page, StringComparison.Ordinal);
        Assert.DoesNotContain("minilm", page, StringComparison.Ordinal);
    }

    /// <summary>Chinese, also beside English, is not what it was made of; numbers are written, and it writes nothing.</summary>
    [Theory]
    [InlineData("我的卡还没有到请帮忙{0},{1}")]
    [InlineData("{2}我的卡还没有到,{1}", 3)]
    [InlineData("{3},{0}.5")]
    public async Task What_it_cannot_answer_is_left_to_a_new_one(string line, int every = 1)
    {
        var (page, _) = await DraftAsync(MiniLm, i =>
            string.Format(
                CultureInfo.InvariantCulture,
                i % every == 0 ? line : "{3},{1}",
                i,
                i % 2 == 0 ? "late" : "wrong",
                i,
                DraftProject.Text(i)
            )
        );
        Assert.DoesNotContain("model: minilm", page, StringComparison.Ordinal);
    }

    private static async Task<(string Page, Recipe Recipe)> DraftAsync(string source, Func<int, string> line)
    {
        using var project = new DraftProject { Source = source }.With("data/said.csv", DraftProject.Lines(60, line, "text,label\n"));
        await project.DraftAsync("data/said.csv");
        return (project.Read("recipes/said.recipe.yaml"), project.Compiled().Definitions.OfType<Recipe>().Single());
    }
}
