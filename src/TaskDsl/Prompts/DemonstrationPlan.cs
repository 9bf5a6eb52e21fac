using System.ComponentModel.DataAnnotations;
using TaskDsl.Vocabulary;

namespace TaskDsl.Prompts;

/// <summary>
/// Which worked examples are shown before a question (few-shot: Brown et al. 2020, arXiv 2005.14165). They are of the training part, in the
/// question's language, and never the question itself, not even where its input stands in the training part again.
/// </summary>
public sealed record DemonstrationPlan
{
    /// <summary>How many are shown; fewer where the training part has no more. Default: 0.</summary>
    [Shorthand, Range(0, 64)]
    public int Count { get; init; }

    /// <summary>Which: <c>random</c>, drawn by the seed; <c>fixed</c>, the first of the training part.</summary>
    public DemonstrationChoice Choose { get; init; }

    /// <summary>
    /// How often a measurement draws: once for all questions of a language (<c>run</c>), or for each <c>question</c>, by the seed and its
    /// input alone. In training they are drawn for each example and pass in any case.
    /// </summary>
    public DemonstrationDraw Per { get; init; }

    /// <summary>
    /// Whether as many are shown as the model has room for, with the longest answer behind the question: the first ones are left out as a
    /// whole, and counted. Otherwise a question that is too long with them is not asked. In training the recipe's <c>overlong</c> decides.
    /// </summary>
    public bool Fit { get; init; }

    /// <summary>In which order: as they are <c>drawn</c>, or as they stand in the training part (<c>file</c>).</summary>
    public DemonstrationOrder Order { get; init; }

    /// <summary>
    /// Whether each is of another <c>language</c>, and none in the question's, so that they say what is asked in any (Nguyen et al., arXiv
    /// 2306.11372). Default: all are in the question's language.
    /// </summary>
    public DemonstrationGroup? OnePer { get; init; }
}
