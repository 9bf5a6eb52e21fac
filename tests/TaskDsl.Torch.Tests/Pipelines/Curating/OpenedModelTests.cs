using TaskDsl.HuggingFace;
using TaskDsl.Tasks;
using TaskDsl.Torch.Pipelines;
using TaskDsl.Torch.Pipelines.Curating;
using TaskDsl.Torch.Pipelines.Running;
using TaskDsl.Torch.Pipelines.Scoring;
using TaskDsl.Torch.Runs;
using TaskDsl.Torch.Tests.Training;
using TaskDsl.Torch.Training;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Pipelines.Curating;

/// <summary>Models that steps open for scores and vectors.</summary>
public sealed class OpenedModelTests : TorchTest
{
    private static readonly HeadLettersTask Letters = new();

    [Fact]
    public void A_model_of_no_numbers_is_freed()
    {
        using var folder = new TempFolder();
        using (var model = TinyModel.Open())
        using (no_grad())
        {
            model.Model.Parameters.Values.First().fill_(double.NaN);
            model.Save(folder.File("model"));
        }

        TinyModel.Write(folder.File("good"));
        var step = Step(folder, []);
        var opened = Left(() => new TextEmbedder(step, folder.File("good"), "cpu").Dispose());
        var refused = Left(() => Assert.Throws<ModelException>(() => new TextEmbedder(step, folder.File("model"), "cpu")));
        Assert.True(refused <= opened, $"{refused} against {opened}");

        static long Left(Action open)
        {
            open();
            var before = SettledTensors();
            open();
            return Tensor.TotalCount - before;
        }
    }

    [Fact]
    public void What_is_to_be_known_of_a_model_is_told()
    {
        using var folder = new TempFolder();
        TinyModel.Write(folder.File("model"));
        File.WriteAllText(Path.Combine(folder.File("model"), "generation_config.json"), """{"bad_words_ids": [[3]]}""");
        List<string> embedder = [];
        List<string> scorer = [];
        new TextEmbedder(Step(folder, embedder), folder.File("model"), "cpu").Dispose();
        Example[] one = [new LettersExample(new("ABC"), new("a")) { Language = "en" }];
        Assert.Single(new PerplexityScorer { Model = folder.File("model"), Device = "cpu" }.Score(Step(folder, scorer), Letters, one));
        Assert.Equal(["asks: generation_config.json has bad_words_ids, which decoding here does not use."], embedder);
        Assert.Equal(embedder, scorer);
    }

    private static StepContext Step(TempFolder folder, List<string> notices) =>
        new(
            "asks",
            folder.Path,
            new Dictionary<string, PlannedStep>(),
            new PipelineStep
            {
                Verb = new DataStep { Task = Letters, Examples = ["gold"] },
            }
        )
        {
            Options = new RunOptions { ProjectDirectory = folder.Path },
            Progress = new Told(notices),
            Cache = folder.Path,
        };

    private sealed class Told(List<string> notices) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Notice is { } notice)
                notices.Add(notice);
        }
    }
}
