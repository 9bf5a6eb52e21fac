using TaskDsl.Data;
using TaskDsl.Prompts;
using TaskDsl.Torch.Recipes;

namespace TaskDsl.Torch.Runs;

/// <summary>A task of a recipe with its data.</summary>
/// <param name="Share">The task's place in the recipe.</param>
/// <param name="Data">Its examples.</param>
internal sealed record RunTask(TaskShare Share, Dataset Data)
{
    public Prompt Prompt => Share.Prompt;
}
