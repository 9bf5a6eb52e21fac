using System.ComponentModel.DataAnnotations;

namespace TaskDsl.Torch.Recipes;

/// <summary>What gets a model of its own in a run. Each grouping is one file with a <c>[Keyword]</c> record.</summary>
public abstract record Grouping
{
    /// <summary>The tasks that share a model, each time under the model's name.</summary>
    public abstract IReadOnlyList<(string Name, IReadOnlyList<TaskShare> Tasks)> Models(Recipe recipe);

    /// <summary>What keeps it from grouping what a recipe has: a sentence for each fault. Default: nothing.</summary>
    public virtual IEnumerable<string> Faults(Recipe recipe) => [];

    /// <summary>The faults as mistakes of the recipe.</summary>
    internal IEnumerable<ValidationResult> Mistakes(Recipe recipe) =>
        Faults(recipe).Select(fault => new ValidationResult(fault, ["one_model_per"]));
}
