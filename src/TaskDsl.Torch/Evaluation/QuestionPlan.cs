using TaskDsl.Prompts;
using TaskDsl.Tasks;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Decoding.Generation;

namespace TaskDsl.Torch.Evaluation;

/// <summary>How the questions of a measurement are put, where it is not as the prompt says.</summary>
public sealed record QuestionPlan
{
    /// <summary>Which phrasing, from 0. Languages in which a prompt has no such phrasing are not asked.</summary>
    public int Phrasing { get; init; }

    /// <summary>What is asked, all of one task. Default: the part that is measured.</summary>
    public IReadOnlyList<Example>? Examples { get; init; }

    /// <summary>How many examples are shown before each question. Default: the prompt's <c>demonstrations</c>.</summary>
    public int? Shots { get; init; }

    /// <summary>Makes what is shown, by a plan and a seed, out of examples of one's own. Default: of the training part.</summary>
    public Func<DemonstrationPlan, int, Demonstrations>? Showing { get; init; }

    /// <summary>How many answers each question gets, each drawn by its number.</summary>
    public int Answers { get; init; } = 1;

    /// <summary>Makes one answer of several to the same question. Default: the first.</summary>
    public Func<PredictionRequest, IReadOnlyList<Prediction>, Prediction>? Voting { get; init; }

    /// <summary>The languages that are asked. Default: all.</summary>
    public IReadOnlyList<string>? Languages { get; init; }
}
