namespace TaskDsl.Torch.Models;

/// <summary>A head as one family has it.</summary>
/// <param name="Head">The head.</param>
/// <param name="Shape">Its maps; null = this family cannot have it.</param>
internal sealed record FamilyHead(Head Head, HeadShape? Shape)
{
    /// <summary>How the class's name ends in this family.</summary>
    public string ClassSuffix { get; init; } = Head.ClassSuffix;
}
