using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using TaskDsl.Data;
using TaskDsl.Data.Rejecting;
using TaskDsl.HuggingFace;
using TaskDsl.HuggingFace.ChatTemplates;
using TaskDsl.Prompts;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Batches.Cache;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Native;
using TaskDsl.Torch.Objectives.Losses;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Recipes;
using TaskDsl.Torch.Training;
using TaskDsl.Vocabulary;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Runs;

/// <summary>One run of a recipe, from the data to the last measurement. Everything happens on the thread that calls it.</summary>
internal sealed partial class RunSession(Recipe recipe, RunOptions options, IProgress<TrainingProgress>? progress, string part = "")
{
    private readonly List<IDisposable> keeps = [];
    private readonly List<string> notices = [];
    private bool Evaluates => options.Evaluate && recipe.Objective.TeachesAnswers;

    private Batch batch = recipe.Batch;

    public TrainingRun Run(CancellationToken cancellationToken)
    {
        if (recipe.Tasks.CountBy(t => t.Prompt.Name).FirstOrDefault(t => t.Value > 1) is { Key: { } twice })
            throw new RunException($"recipe '{recipe.Name}': prompt '{twice}' stands twice under tasks. Give it a weight of 2 instead.");
        if (
            recipe
                .Tasks.Select(t => t.Prompt.Task)
                .Distinct()
                .GroupBy(t => (t.BadRecords as Quarantine)?.Path)
                .FirstOrDefault(g => g.Key is not null && g.Count() > 1) is
            { Key: { } shared } tasks
        )
            throw new RunException(
                $"recipe '{recipe.Name}': the tasks {string.Join(", ", tasks.Select(t => t.Name))} set their bad records aside in one file, '{shared}', so that each would overwrite the other's. Name one file each, or none: the default is <task>.rejects.jsonl."
            );
        var (folder, held) = RunFolder.Open(options.Runs, recipe.Name, options.Resume);
        using var mine = held;
        try
        {
            return recipe.OneModelPerTask && recipe.Tasks.Count > 1
                ? RunEach(folder, cancellationToken)
                : RunOne(folder, cancellationToken);
        }
        catch (OperationCanceledException e)
        {
            throw new RunInterruptedException(folder.Path, (e as RunInterruptedException)?.Step ?? SavedStep(folder), e);
        }
        catch (Exception e) when (e is not RunStorageException && RunStorageException.IsFull(e))
        {
            throw new RunStorageException(folder.Path, e);
        }
    }

    private static int SavedStep(RunFolder folder) => Checkpoint.Newest(folder.Checkpoints)?.Checkpoint.Step ?? 0;

    private TrainingRun RunEach(RunFolder folder, CancellationToken cancellationToken)
    {
        RunFolder.Write(
            folder.Record,
            new
            {
                recipe.Name,
                Status = "running",
                Recipe = DefinitionJson.Write(recipe),
                Parts = recipe.Tasks.Select(t => t.Prompt.Name),
            }
        );
        var parts = new List<TrainingRun>();
        try
        {
            foreach (var share in recipe.Tasks)
            {
                var single = recipe with { Name = share.Prompt.Name, Tasks = [share], OneModelPerTask = false };
                var begun = options.Resume && File.Exists(Path.Combine(folder.Path, single.Name, "run.json"));
                parts.Add(
                    new RunSession(
                        single,
                        options with
                        {
                            RunsDirectory = folder.Path,
                            TokensDirectory = options.Tokens,
                            Resume = begun,
                        },
                        progress,
                        single.Name
                    ).Run(cancellationToken)
                );
            }
        }
        catch
        {
            foreach (var done in parts)
                done.Dispose();
            throw;
        }

        var evaluation = new RunEvaluation(
            new EvaluationReport([.. parts.SelectMany(p => p.Before.Tasks)]),
            new EvaluationReport([.. parts.SelectMany(p => p.After.Tasks)])
        );
        RunFolder.Write(folder.Evaluation, evaluation);
        RunFolder.Write(
            folder.Record,
            new
            {
                recipe.Name,
                Status = "finished",
                Recipe = DefinitionJson.Write(recipe),
                Parts = recipe.Tasks.Select(t => t.Prompt.Name),
            }
        );
        return new TrainingRun(recipe.Name, folder, null, parts, evaluation);
    }

    /// <summary>What recipe, model and prompts must agree on, and no single one of them can see.</summary>
    private void Check(LoadedModel model, (TaskShare Share, Dataset Data)[] tasks)
    {
        using var tuned = recipe.Tuning.Apply(model.Model, recipe.Seed); // A method that does not fit says so before anything is measured.
        // libtorch's float16 on the CPU takes a hundred times as long as its float32, and more: a run would look as if it had stopped.
        if (
            recipe.Precision == Precision.Float16
            && TorchRuntime.Device(recipe.Device).type == TorchSharp.DeviceType.CPU
            && model.Model.Parameters.Values.Sum(p => p.numel()) is var size and > 1_000_000
        )
            throw new RunException(
                $"recipe '{recipe.Name}': precision: float16 is for GPUs; on a CPU its products take hundreds of times as long as in float32, and this model has {size:N0} weights (at most 1,000,000 are let through, to try a recipe out). Use precision: bfloat16 or float32."
            );
        if (!tuned.SavesWholeModel && recipe.Model is not Pretrained)
            throw new RunException(
                $"recipe '{recipe.Name}': tuning '{DefinitionJson.Write(recipe.Tuning)!.AsObject().First().Key}' adapts a model that is there already; a new model needs tuning: full."
            );
        if (recipe.Batch.SequenceLength > model.Model.Config.MaxPositions)
            throw new RunException(
                $"recipe '{recipe.Name}': batch.sequence_length is {recipe.Batch.SequenceLength}, but the model is made for at most {model.Model.Config.MaxPositions} tokens (max_position_embeddings)."
            );
        foreach (var (share, _) in tasks)
        {
            try
            {
                _ = model.LayoutOf(share.Prompt);
            }
            catch (Exception e) when (e is ModelException or ChatTemplateException)
            {
                throw new RunException($"recipe '{recipe.Name}': {e.Message}");
            }
        }
    }

    private TrainingRun RunOne(RunFolder folder, CancellationToken cancellationToken)
    {
        Report(new TrainingProgress { Phase = RunPhase.Preparing });
        var device = TorchRuntime.Device(recipe.Device);
        using var threads = options.Resume ? RunRecord.SameThreads(folder) : null;
        if (threads is not null)
            Report(
                new TrainingProgress
                {
                    Phase = RunPhase.Preparing,
                    Notice =
                        $"computing with {TorchRuntime.Threads} threads, as the run did before: another number would round differently.",
                }
            );
        var tasks = recipe.Tasks.Select(share => (Share: share, Data: Load(share.Prompt, cancellationToken))).ToArray();
        var documents =
            recipe.Corpus.Count == 0 ? ([], []) : CorpusDocument.Split(CorpusDocument.Read(recipe.Corpus, options.ProjectDirectory));
        var inUse = MachineMemory.InUse();
        if (recipe.Model is Pretrained)
            using (var outline = Open(device, documents.Train, tasks, cancellationToken, outline: true))
                RefuseWhatCannotFit(outline.Model.Config, device, inUse);
        var model = Open(device, documents.Train, tasks, cancellationToken);
        RunRecord? record = null;
        try
        {
            Check(model, tasks);
            if (recipe.Model is not Pretrained)
                RefuseWhatCannotFit(model.Model.Config, device, inUse);
            tasks = [.. tasks.Where(t => t.Share.Weight > 0)]; // A new tokenizer has read the others; that is all they are for.
            foreach (var (_, data) in tasks)
            {
                if (Evaluates && data.Task.Split.Test > 0 && data[SplitName.Test].Count == 0)
                    Notice($"task '{data.Task.Name}' has no example in its test part: what it learns is not measured.");
                if (data.Task.Split.Validation > 0 && data[SplitName.Validation].Count == 0)
                    Notice($"task '{data.Task.Name}' has no example in its validation part: the best model is not chosen by it.");
            }

            if (model.Model is not Models.Decoder)
                batch = recipe.Batch with { Packing = false }; // Each of their texts is a row.
            var stream = new TrainingStream(
                [.. Sources(tasks, documents.Train, model, SplitName.Train, cancellationToken)],
                batch,
                model.Tokenizer.Padding,
                recipe.Seed
            );
            var batches = stream.Measure(recipe.Budget, cancellationToken);
            WarnOfWhatMayNotFit(model.Model.Config, device, inUse, batches);
            record = RunRecord.Begin(
                folder,
                recipe,
                model,
                FingerprintOf(recipe.Model),
                recipe.Objective.Models.Select(path => (path, Fingerprint(path))),
                tasks.Select(t => (t.Share.Prompt, model.LayoutOf(t.Share.Prompt), t.Data)),
                CorpusFingerprint(documents.Train),
                batches
            );
            if (options.Resume)
                record = record.Resume(answersChoose: recipe.Best.Answers != 0);
            foreach (var warning in record.Warnings)
                Report(new TrainingProgress { Phase = RunPhase.Preparing, Notice = warning });
            record.Save("running");
            var known = Known(folder);
            var before = known.Before ?? EvaluateBefore(model, tasks, cancellationToken);
            RunFolder.Write(folder.Evaluation, known with { Before = before });

            var (validation, watched) = new TrainingStream(
                [.. Sources(tasks, documents.Validation, model, SplitName.Validation, cancellationToken)],
                batch,
                model.Tokenizer.Padding,
                recipe.Seed
            ).Once(cancellationToken);
            foreach (var notice in notices)
                record.Warn(notice);
            record.Save("running", ("validation", JsonSerializer.SerializeToNode(watched, DefinitionJson.Options)));
            var objective = Bind(model, stream, batches, validation, cancellationToken);
            Train(folder, record, model, objective, stream, batches, validation, tasks, cancellationToken);

            model.Dispose();
            model = new BestModel(recipe, options.ProjectDirectory, folder).Open(device);
            var evaluation = new RunEvaluation(
                before,
                known.After
                    ?? (
                        Evaluates && tasks.Length > 0
                            ? Evaluate(model, tasks, recipe.Evaluation, RunPhase.EvaluatingAfter, cancellationToken)
                            : null
                    )
            );
            RunFolder.Write(folder.Evaluation, evaluation);
            record.Save("finished", ("finished", DateTimeOffset.UtcNow));
            Report(
                new TrainingProgress
                {
                    Phase = RunPhase.Done,
                    Step = batches.Steps,
                    Steps = batches.Steps,
                }
            );
            return new TrainingRun(recipe.Name, folder, model, [], evaluation);
        }
        catch (Exception e)
        {
            model.Dispose();
            if (e is RunInterruptedException or not OperationCanceledException)
                throw;
            var interrupted = new RunInterruptedException(folder.Path, SavedStep(folder), e);
            record?.Save("interrupted", ("message", interrupted.Message));
            throw interrupted;
        }
        finally
        {
            foreach (var kept in keeps)
                kept.Dispose();
        }
    }

    private Objective Bind(
        LoadedModel model,
        TrainingStream stream,
        BatchReport batches,
        IReadOnlyList<TokenBatch> validation,
        CancellationToken cancellationToken
    ) =>
        recipe.Objective.Bind(
            new ObjectiveBinding
            {
                Model = model,
                ProjectDirectory = options.ProjectDirectory,
                Batches = stream.Steps(default, cancellationToken).Take(batches.Steps).SelectMany(step => step.Batches).Concat(validation),
                Keep = keeps.Add,
                Cancellation = cancellationToken,
            }
        );

    private void Train(
        RunFolder folder,
        RunRecord record,
        LoadedModel model,
        Objective objective,
        TrainingStream stream,
        BatchReport batches,
        IReadOnlyList<TokenBatch> validation,
        (TaskShare Share, Dataset Data)[] tasks,
        CancellationToken cancellationToken
    )
    {
        using var tuned = recipe.Tuning.Apply(model.Model, recipe.Seed);
        var resume = options.Resume ? Checkpoint.Newest(folder.Checkpoints, Warn) : null;
        var best = new BestModel(recipe, options.ProjectDirectory, folder);
        best.Recover(resume?.Checkpoint.BestStep > 0);
        if (resume is { } last && !(new FileInfo(folder.Metrics) is { Exists: true } log && log.Length >= last.Checkpoint.Log.Metrics))
            Warn(
                $"{folder.Metrics} is shorter than it was at step {last.Checkpoint.Step}: the numbers of some steps are lost. The run goes on; its weights are none the worse."
            );
        using var trainer = new Trainer(recipe, objective, tuned, folder, resume)
        {
            Stream = stream,
            Steps = batches.Steps,
            Validation = validation,
            Report = Report,
            SaveBest = () => best.Save(tuned, model),
            Answer = (limit, cancellation) =>
                Evaluates
                    ? Evaluate(
                        model,
                        tasks,
                        recipe.Evaluation with
                        {
                            Limit = limit,
                        },
                        RunPhase.Training,
                        cancellation,
                        SplitName.Validation
                    )
                    : EvaluationReport.Empty,
        };
        record.Save("running", ("trained_parameters", trainer.TrainedCount));
        try
        {
            trainer.Run(cancellationToken);
        }
        catch (Exception e) when (e is RunInterruptedException or TrainingDivergedException)
        {
            record.Save(e is RunInterruptedException ? "interrupted" : "diverged", ("step", trainer.State.Step), ("message", e.Message));
            throw;
        }

        var end = trainer.State;
        record.Save(
            "trained",
            ("step", end.Step),
            ("stopped_early", end.Stopped),
            ("tokens", end.Tokens),
            ("best_step", end.BestStep),
            ("best_validation_loss", end.BestLoss),
            ("best_score", end.BestScore)
        );

        void Warn(string warning)
        {
            record.Warn(warning);
            Report(new TrainingProgress { Phase = RunPhase.Training, Notice = warning });
        }
    }

    private LoadedModel Open(
        Device device,
        IReadOnlyList<CorpusDocument> documents,
        (TaskShare Share, Dataset Data)[] tasks,
        CancellationToken cancellationToken,
        bool outline = false
    ) =>
        recipe.Model.Open(
            new ModelRequest
            {
                Outline = outline,
                ProjectDirectory = options.ProjectDirectory,
                Device = device,
                Head = recipe.Objective.Head([.. tasks.Where(t => t.Share.Weight > 0).Select(t => t.Share.Prompt.Task)]),
                Seed = recipe.Seed,
                Corpus = documents
                    .Select(d => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(d.Text))
                    .Concat(tasks.SelectMany(t => Rendered(t.Share.Prompt, t.Data))),
                SpecialTokens = [.. tasks.SelectMany(t => (recipe.Model.ChatFormat ?? t.Share.Prompt.ChatFormat).SpecialTokens).Distinct()],
                Cancellation = cancellationToken,
            }
        );

    /// <summary>The training examples as text, for a tokenizer to learn from.</summary>
    private IEnumerable<ReadOnlyMemory<byte>> Rendered(Prompt prompt, Dataset data)
    {
        using var buffer = new PromptBuffer();
        foreach (var example in data[SplitName.Train])
        {
            buffer.Clear();
            prompt.Render(buffer, example.InputValue, example.OutputValue, example.Language, chat: recipe.Model.ChatFormat);
            yield return buffer.Utf8.ToArray();
        }
    }

    private string FingerprintOf(ModelSource source) => source is Pretrained pretrained ? Fingerprint(pretrained.Path) : "new";

    private string Fingerprint(string modelFolder) => RunRecord.Fingerprint(Path.GetFullPath(modelFolder, options.ProjectDirectory));

    private static string? CorpusFingerprint(IReadOnlyList<CorpusDocument> documents)
    {
        if (documents.Count == 0)
            return null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var document in documents)
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(document.Text)));
        return $"{documents.Count} documents, {Convert.ToHexStringLower(hash.GetHashAndReset())[..16]}";
    }

    private Dataset Load(Prompt prompt, CancellationToken cancellationToken)
    {
        var data = Dataset
            .LoadAsync(
                prompt.Task,
                new DataOptions { ProjectDirectory = options.ProjectDirectory, RejectsDirectory = options.Runs },
                cancellationToken
            )
            .GetAwaiter()
            .GetResult();
        keeps.Add(data);
        return data;
    }

    private IEnumerable<TokenSource> Sources(
        (TaskShare Share, Dataset Data)[] tasks,
        IReadOnlyList<CorpusDocument> documents,
        LoadedModel model,
        SplitName split,
        CancellationToken cancellationToken
    )
    {
        var cache = new TokenCache(options.Tokens, Notice);
        var shares =
            split == SplitName.Train
                ? recipe.Mixture.Shares([.. tasks.Select(t => (t.Share.Weight, t.Data[split].Count))])
                : [.. tasks.Select(_ => 1.0)];
        foreach (var ((share, data), weight) in tasks.Zip(shares))
        {
            var source = new CachedSource(
                new TaskSource
                {
                    Prompt = share.Prompt,
                    Examples = data[split],
                    Fingerprint = $"{data.Fingerprint} {split}",
                    Demonstrations = new Demonstrations(data[SplitName.Train], share.Prompt.Demonstrations, recipe.Seed),
                    Tokenizer = model.Tokenizer,
                    ChatFormat = model.LayoutOf(share.Prompt),
                    Objective = recipe.Objective,
                    Separate = model.Model is EncoderDecoder,
                    Seed = split == SplitName.Train ? recipe.Seed : null,
                    Share = weight,
                },
                cache
            );
            keeps.Add(source);
            yield return source;
        }

        if (documents.Count > 0)
            yield return new CorpusSource(
                documents,
                model.Tokenizer,
                recipe.Batch.SequenceLength,
                model.Model is Models.Encoder,
                cancellationToken
            );
    }

    private void Notice(string text)
    {
        notices.Add(text);
        Report(new TrainingProgress { Phase = RunPhase.Preparing, Notice = text });
    }

    private void Report(TrainingProgress value) => progress?.Report(value with { Part = part });
}
