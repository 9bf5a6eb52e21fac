using System.CommandLine;
using TaskDsl.App.Sessions;
using TaskDsl.Data;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Models.Layers;
using TaskDsl.Torch.Models.Weights;
using TaskDsl.Torch.Opening.Loading;

namespace TaskDsl.App.Verbs;

/// <summary><c>merge</c>: folds an adapter into the model that it was tuned from.</summary>
internal static class MergeVerb
{
    public static Command Create(Session session)
    {
        var adapter = new Argument<string>("adapter")
        {
            Description = "The folder of an adapter, or of a run that made one (its best is taken), or the run's name.",
        };
        var output = new Option<string>("--out")
        {
            Description = "The folder of the new model; it must be empty or not there.",
            Required = true,
        };
        var quantised = new Option<MergeBase>("--base")
        {
            Description =
                "Of an adapter that was trained on quantised weights: what it is folded into, the model's own weights (original, the "
                + "default) or what the codes stand for (quantised). Both are then scored on the validation parts of the adapter's run.",
            DefaultValueFactory = _ => MergeBase.Original,
        };
        var limit = new CountOption("--limit")
        {
            Description = "Of such an adapter: at most so many examples per task and language are scored. Default: 200.",
        };
        var command = new Verb(
            "merge",
            "Fold an adapter into its model: a whole model is written, which does what the two did, up to rounding. Trained on quantised "
                + "weights, it does so with --base quantised; folded into the original ones, it lacks what quantising changed.",
            "{recipe} --out models/merged"
        )
        {
            adapter,
            output,
            quantised,
            limit,
        };
        command.SetAction(
            (parsed, cancellation) =>
                RunAsync(
                    session,
                    parsed.GetValue(adapter)!,
                    Path.GetFullPath(parsed.GetValue(output)!),
                    parsed.GetValue(quantised),
                    parsed.GetValue(limit),
                    cancellation
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        Session session,
        string named,
        string output,
        MergeBase onto,
        int? limit,
        CancellationToken cancellationToken
    )
    {
        var folder = ModelFolder.Find(session, named);
        ModelFolder.RefuseTaken(output);
        bool quantised;
        try
        {
            quantised = Write(session, folder, output, onto, limit);
        }
        catch (MisfitException e)
        {
            throw new UserException($"{folder}: {e.Message}");
        }

        if (quantised)
            await TellAsync(session, named, folder, output, onto, new EvaluationPlan { Limit = limit ?? 200 }, cancellationToken)
                .ConfigureAwait(false);
        session.WriteLine(output);
        return ExitCode.Success;
    }

    /// <summary>Writes the merged model. Two whole models are never there at once.</summary>
    /// <returns>Whether the adapter was trained on quantised weights.</returns>
    private static bool Write(Session session, string folder, string output, MergeBase onto, int? limit)
    {
        bool quantised;
        using (var trained = LoadedModel.Load(folder))
        {
            session.Note(trained.Notices);
            quantised = trained.Model.IsQuantised;
            if (trained.Adapter is null)
                throw new UserException($"{folder} is a whole model: there is no adapter to fold in.");
            if (!quantised && onto == MergeBase.Quantised)
                throw new UserException($"{folder} was trained on plain weights: there is no quantised base; leave out --base.");
            if (!quantised && limit is not null)
                throw new UserException($"{folder} was trained on plain weights: nothing is scored; leave out --limit.");
            trained.Model.Dequantise();
            if (trained.Adapter.MergeObstacle is { } obstacle)
                throw new MisfitException(obstacle);
            if (!quantised || onto == MergeBase.Quantised)
            {
                Save(trained, output);
                return quantised;
            }
        }

        using var original = LoadedModel.Load(folder, weights: new Float32());
        Save(original, output);
        return true;
    }

    private static void Save(LoadedModel model, string output)
    {
        model.Merge();
        Directory.CreateDirectory(output);
        model.Save(output);
    }

    /// <summary>Says what was written, and scores it beside the other base. The model stays, whatever comes of that.</summary>
    private static async Task TellAsync(
        Session session,
        string named,
        string folder,
        string output,
        MergeBase onto,
        EvaluationPlan plan,
        CancellationToken cancellationToken
    )
    {
        session.WriteLine(
            "The adapter was trained on quantised weights; it is folded into "
                + (
                    onto == MergeBase.Original
                        ? "the model's own (--base original): the merged model lacks what quantising changed."
                        : "what their codes stand for (--base quantised): the merged model does what the two did."
                )
        );
        try
        {
            if (ModelFolder.Prompts(session, named) is not { } prompts)
            {
                session.WriteLine("Neither is scored: the adapter is no run's of this project. The verb evaluate compares models.");
                return;
            }

            var data = await Scoring.DataAsync(session, prompts, cancellationToken).ConfigureAwait(false);
            session.Console.Write(
                ScoreTable.Of(
                    [
                        ("quantised (as trained)", await Score(MergeBase.Quantised, null).ConfigureAwait(false)),
                        ("original", await Score(MergeBase.Original, new Float32()).ConfigureAwait(false)),
                    ],
                    session.Console.Profile.Width
                )
            );

            // What was written is read back; the other is the adapter on its base.
            Task<EvaluationReport> Score(MergeBase @base, WeightFormat? weights) =>
                Scoring.ScoreAsync(
                    session,
                    () => @base == onto ? LoadedModel.Load(output) : LoadedModel.Load(folder, weights: weights),
                    data,
                    plan,
                    SplitName.Validation,
                    cancellationToken
                );
        }
        catch (Exception e) when (ExitCode.Of(e) is ExitCode.Mistake or ExitCode.DiskFull)
        {
            session.Note([$"the merged model is in {output}, and whole; it could not be scored: {e.Message}"]);
        }
    }

    /// <summary>What an adapter is folded into.</summary>
    private enum MergeBase
    {
        /// <summary>The model's own weights.</summary>
        Original,

        /// <summary>What the codes stand for that it was trained on.</summary>
        Quantised,
    }
}
