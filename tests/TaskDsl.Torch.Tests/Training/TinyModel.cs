using System.Text;
using TaskDsl.Torch.Batches;
using TaskDsl.Torch.Evaluation;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Recipes;

namespace TaskDsl.Torch.Tests.Training;

/// <summary>A model of some thousand weights in a folder, with a tokenizer of bytes.</summary>
internal static class TinyModel
{
    public static NewDecoder Source { get; } =
        new()
        {
            VocabularySize = 300,
            HiddenSize = 32,
            Layers = 2,
            Heads = 2,
            KeyValueHeads = 1,
            FeedForwardSize = 64,
            MaxPositions = 64,
        };

    public static string Write(string folder)
    {
        using var model = Open();
        model.Save(folder);
        return folder;
    }

    public static LoadedModel Open() =>
        Source.Open(new ModelRequest { ProjectDirectory = ".", Corpus = [Encoding.UTF8.GetBytes("Q: ABC\na")] });

    /// <summary>A recipe that trains it on letters in seconds.</summary>
    public static Recipe Recipe(string model, params IReadOnlyList<string> tasks) =>
        new()
        {
            Name = "tiny",
            Model = new Pretrained { Path = model },
            Tasks = [.. (tasks.Count == 0 ? ["letters"] : tasks).Select(name => new TaskShare(new LettersPrompt(new LettersTask(name))))],
            Optimizer = new Torch.Optimizers.AdamW { LearningRate = 1e-2 },
            Batch = new Batch { Rows = 2, SequenceLength = 32 },
            Budget = new Budget { Epochs = 40 },
            Evaluation = new EvaluationPlan { MaxNewTokens = 4 },
            Device = "cpu",
        };
}
