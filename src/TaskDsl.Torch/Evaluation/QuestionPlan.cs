namespace TaskDsl.Torch.Evaluation;

/// <summary>How the questions of a measurement are put, where it is not as the prompt says.</summary>
public sealed record QuestionPlan
{
    /// <summary>Which phrasing, from 0. Languages in which a prompt has no such phrasing are not asked.</summary>
    public int Phrasing { get; init; }

    /// <summary>How many examples are shown before each question. Default: the prompt's <c>demonstrations</c>.</summary>
    public int? Shots { get; init; }

    /// <summary>The languages that are asked. Default: all.</summary>
    public IReadOnlyList<string>? Languages { get; init; }
}
