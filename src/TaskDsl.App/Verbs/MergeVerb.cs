using System.CommandLine;
using TaskDsl.App.Sessions;
using TaskDsl.Data;
using TaskDsl.Prompts;
using TaskDsl.Torch.Evaluation;
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
                + "default) or what the codes stand for (quantised). Both are scored on the validation parts of the adapter's run.",
            DefaultValueFactory = _ => MergeBase.Original,
        };
        var limit = new CountOption("--limit") { Description = "At most so many examples per task and language are scored. Default: 200." };
        var command = new Verb(
            "merge",
            "Fold an adapter into its model: a whole model is written that does the same, up to rounding.",
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
                    new EvaluationPlan { Limit = parsed.GetValue(limit) ?? 200 },
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
        EvaluationPlan plan,
        CancellationToken cancellationToken
    )
    {
        var folder = ModelFolder.Find(session, named);
        if (File.Exists(output) || (Directory.Exists(output) && Directory.EnumerateFileSystemEntries(output).Any()))
            throw new UserException($"{output} is there already and is not empty; give --out a new folder.");
        try
        {
            using var trained = LoadedModel.Load(folder);
            session.Note(trained.Notices);
            if (trained.Adapter is null)
                throw new UserException($"{folder} is a whole model: there is no adapter to fold in.");
            if (!trained.Model.IsQuantised && onto == MergeBase.Quantised)
                throw new UserException($"{folder} was trained on plain weights: there is no quantised base; leave out --base.");
            if (!trained.Model.IsQuantised)
            {
                Write(trained, output);
            }
            else
            {
                trained.Model.Dequantise(); // It computes what it did.
                if (trained.Adapter.MergeObstacle is { } obstacle)
                    throw new MisfitException(obstacle);
                var measure = await Measurement(session, named, plan, cancellationToken).ConfigureAwait(false);
                var onCodes = measure(trained);
                if (onto == MergeBase.Quantised)
                    Write(trained, output);
                trained.Dispose(); // Two whole models are never there at once.
                using var original = LoadedModel.Load(folder, weights: new Float32());
                Tell(session, onto, onCodes, measure(original));
                if (onto == MergeBase.Original)
                    Write(original, output);
            }
        }
        catch (MisfitException e)
        {
            throw new UserException($"{folder}: {e.Message}");
        }

        session.WriteLine(output);
        return ExitCode.Success;
    }

    private static void Write(LoadedModel model, string output)
    {
        model.Merge();
        Directory.CreateDirectory(output);
        model.Save(output);
    }

    private static void Tell(Session session, MergeBase onto, EvaluationReport? onCodes, EvaluationReport? onOriginal)
    {
        session.WriteLine(
            "The adapter was trained on quantised weights; it is folded into "
                + (onto == MergeBase.Original ? "the model's own (--base original)." : "what their codes stand for (--base quantised).")
        );
        if (onCodes is null || onOriginal is null)
            session.WriteLine("Neither is scored: the adapter is no run's of this project. The verb evaluate compares models.");
        else
            session.Console.Write(
                ScoreTable.Of([("quantised (as trained)", onCodes), ("original", onOriginal)], session.Console.Profile.Width)
            );
    }

    /// <summary>Measures a model on the validation parts of what its run was trained on; null where it is no run's.</summary>
    private static async Task<Func<LoadedModel, EvaluationReport?>> Measurement(
        Session session,
        string named,
        EvaluationPlan plan,
        CancellationToken cancellationToken
    )
    {
        var data = new List<(Prompt, Dataset)>();
        foreach (var prompt in ModelFolder.Prompts(session, named) ?? [])
            data.Add((prompt, await DatasetBuilder.LoadAsync(prompt.Task, session.Data, cancellationToken).ConfigureAwait(false)));
        return model =>
            data.Count == 0
                ? null
                : Evaluator.Evaluate(model, data, plan, split: SplitName.Validation, cancellationToken: cancellationToken);
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
