namespace TaskDsl.Generators.Tests;

/// <summary>What is on a hub is pinned by its commit, and its files are not looked for in the project.</summary>
public class HubTests
{
    private const string Commit = "c1899de289a04d12100db370d81485cdf75e47ca";

    [Theory]
    [InlineData("main"), InlineData("v1.0"), InlineData("c1899de2"), InlineData("C1899DE289A04D12100DB370D81485CDF75E47CA")]
    public void A_branch_is_refused_with_the_way_to_its_commit(string revision) =>
        Desk.WithRecipe($"recipe: a\nmodel: {{hub: {{model: acme/tiny, revision: {revision}}}}}\ncorpus: []\n")
            .Run()
            .Reports(
                $"a.recipe.yaml(2,43): error TDSL1104: '{revision}' is not allowed for 'revision'; expected the 40 hexadecimal digits of a "
                    + "commit: a branch moves, and a run would not be the same again; 'git ls-remote https://huggingface.co/org/name' "
                    + "tells the commit that each branch stands at"
            );

    [Theory, InlineData("a/b/c"), InlineData("../b"), InlineData("https://huggingface.co/a/b")]
    public void A_name_that_is_none_is_refused(string name) =>
        Assert.Contains(
            "is not allowed for 'model'; expected a repository's name as it stands in its address, 'org/name'",
            Desk.WithRecipe($"recipe: a\nmodel: {{hub: {{model: '{name}', revision: {Commit}}}}}\ncorpus: []\n").Run().Report(),
            StringComparison.Ordinal
        );

    [Fact]
    public void A_commit_of_a_model_is_taken() =>
        Desk.WithRecipe($"recipe: a\nmodel: {{hub: {{model: acme/tiny, revision: {Commit}, weights: nf4}}}}\ncorpus: []\n").Run().Reports();

    [Fact]
    public void Data_of_a_hub_is_not_looked_for_in_the_project()
    {
        const string source = "{path: data/train-*.jsonl, test_keys: data/keys.json, columns: {mood: label}";
        var task = $"{Desk.Task}\nexamples:\n  - {source}";
        Desk.Empty.Add("mood.task.yaml", $"{task}, hub: {{dataset: acme/moods, revision: {Commit}}}}}\n").Run().Reports();
        var without = Desk.Empty.Add("mood.task.yaml", $"{task}}}\n").Run().Report();
        Assert.Contains("data/train-*.jsonl", without, StringComparison.Ordinal);
        Assert.Contains("data/keys.json", without, StringComparison.Ordinal);
    }

    // A file of the same path in the project is another one.
    [Fact]
    public void Data_of_a_hub_is_not_held_against_a_file_of_the_project() =>
        Desk
            .Empty.Add("data/train.jsonl", "{\"other\": 1}\n")
            .Add(
                "mood.task.yaml",
                $"{Desk.Task}\nexamples:\n  - {{path: data/train.jsonl, hub: {{dataset: acme/moods, revision: {Commit}}}}}\n"
            )
            .Run()
            .Reports();

    [Fact]
    public void A_branch_of_a_data_set_is_refused_too() =>
        Assert.Contains(
            "'git ls-remote https://huggingface.co/datasets/org/name' tells",
            Desk.Empty.Add(
                    "mood.task.yaml",
                    $"{Desk.Task}\nexamples:\n  - {{path: train.jsonl, hub: {{dataset: acme/moods, revision: main}}}}\n"
                )
                .Run()
                .Report(),
            StringComparison.Ordinal
        );
}
