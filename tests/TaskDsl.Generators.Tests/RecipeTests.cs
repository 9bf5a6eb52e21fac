namespace TaskDsl.Generators.Tests;

public class RecipeTests
{
    [Fact]
    public void A_recipe_becomes_an_object_graph() =>
        Desk.WithRecipe(
                """
                recipe: wide
                summary: Every kind of value & <sign>.
                model: {path: models/base}
                corpus: []
                tuning:
                  lora: {rank: 16}
                optimizer: adamw
                schedule: {linear: {}}
                batch: {rows: 4, overlong: truncate_input}
                budget: {epochs: 0.5, steps: ~}
                precision: bfloat16
                one_model_per: task
                clip_norm: 1e-1
                device: cuda:1
                """
            )
            .Run()
            .Compiles()
            .Verify();

    [Fact]
    public void Numbers_of_single_maps_are_a_map() =>
        Assert.Contains(
            Desk.WithRecipe(
                    """
                    recipe: ranks
                    summary: Ranks of single maps.
                    model: models/base
                    corpus: []
                    tuning: {lora: {rank_pattern: {'layers\.0\..*': 2, q_proj: 4}, alpha_pattern: {v_proj: 2.5}}}
                    """
                )
                .Run()
                .Compiles()
                .Files,
            file => file.Text.Contains("[\"layers\\\\.0\\\\..*\"] = 2,", StringComparison.Ordinal)
        );

    [Theory]
    [InlineData("{sum: [causal_lm, {ranking: {candidates: replies}}]}")]
    [InlineData("{sum: {terms: [causal_lm, {ranking: {candidates: replies}}], weights: [1, 0.5]}}")]
    public void A_sum_of_objectives_is_a_list_of_them(string objective) =>
        Desk.WithRecipe($"recipe: both\nsummary: Two at once.\nmodel: models/base\ncorpus: []\nobjective: {objective}\n").Run().Compiles();
}
