using System.CommandLine;
using TaskDsl.Torch.Decoding.Generation;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Sessions;

/// <summary><c>--set</c> where a model is asked: changes how answers are produced by the words of a recipe's <c>evaluation</c>.</summary>
internal sealed class PlanOption : Option<string[]>
{
    public PlanOption()
        : base("--set") =>
        Description =
            "Change how answers are produced by the words of a recipe's evaluation, as --set decoding.beam.width=4. May be given "
            + "several times.";

    /// <summary>The plan with what was given.</summary>
    /// <param name="session">The session.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="plan">The plan without it.</param>
    /// <param name="isMeant">Which settings are the plan's. Default: all.</param>
    /// <exception cref="WordException">Something does not fit.</exception>
    public T Apply<T>(Session session, ParseResult parsed, T plan, Func<string, bool>? isMeant = null)
        where T : GenerationPlan =>
        new Override(Words.Of(session.Catalog.Assembly), session.Catalog).Apply(
            plan,
            (parsed.GetValue(this) ?? []).Where(setting => isMeant?.Invoke(setting) != false)
        );
}
