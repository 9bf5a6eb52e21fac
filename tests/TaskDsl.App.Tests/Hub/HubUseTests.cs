using System.Text.Json.Nodes;
using TaskDsl.App.Sessions;
using TaskDsl.Data;
using TaskDsl.Data.Sources;
using TaskDsl.HuggingFace;
using TaskDsl.Torch.Opening;
using TaskDsl.Torch.Opening.Loading;
using TaskDsl.Torch.Tuning.Adapters;
using TaskDsl.Vocabulary;

namespace TaskDsl.App.Tests.Hub;

/// <summary>Training on and reading from a hub's cache, without the network; where something is missing, the command is told.</summary>
[Collection("hub")]
public sealed class HubUseTests
{
    private static readonly HubDataset Notes = new() { Dataset = "acme/notes", Revision = HubHost.Commit };

    private static readonly byte[] Sunny = HubDesk.Utf8("{\"note\": \"Sun all day.\", \"sky\": \"sunny\"}\n");

    private static readonly byte[] Rainy = HubDesk.Utf8("{\"note\": \"Rain all day.\", \"sky\": \"rainy\"}\n");

    private static readonly NewDecoder Shape = new()
    {
        VocabularySize = 300,
        HiddenSize = 32,
        Layers = 1,
        Heads = 2,
        FeedForwardSize = 64,
        MaxPositions = 256,
    };

    [Fact]
    public async Task A_run_starts_from_a_fetched_model_without_the_network_and_its_adapter_names_the_commit()
    {
        using var made = new TempFolder();
        using (var model = Shape.Open(new ModelRequest { ProjectDirectory = ".", Corpus = [Sunny] }))
            model.Save(made.Path);
        await using var desk = await HubDesk.WithAsync([
            .. Directory
                .GetFiles(made.Path)
                .Select(path => (Path.GetFileName(path), File.ReadAllBytes(path), path.EndsWith(".safetensors", StringComparison.Ordinal))),
        ]);
        string[] train = ["train", "tiny_hub", "--set", "budget.epochs=1", "--out", made.In("runs")];
        var (code, printed) = await HubDesk.RunAsync(HubDesk.OfModel, train);
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains("model acme/tiny at c1899de2 is not in", printed, StringComparison.Ordinal);
        Assert.Contains("'dotnet run -- fetch' fetches what the project names", printed, StringComparison.Ordinal);
        Assert.Empty(desk.Hub.Requests);

        (code, printed) = await desk.FetchAsync("tiny_hub");
        Assert.True(code == ExitCode.Success, printed);
        desk.Hub.Requests.Clear();
        (code, printed) = await HubDesk.RunAsync(HubDesk.OfModel, train);
        Assert.True(code == ExitCode.Success, printed);
        Assert.Empty(desk.Hub.Requests);
        var best = made.In("runs", "tiny_hub", "best");
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(best, "adapter_config.json")))!;
        Assert.Equal("acme/tiny", (string?)config["base_model_name_or_path"]);
        Assert.Equal(HubHost.Commit, (string?)config["revision"]);
        Assert.Equal(desk.Snapshot, AdapterFolder.ModelFolder(best));

        // On a machine whose cache has it not, the error says how it gets there.
        Environment.SetEnvironmentVariable("HF_HUB_CACHE", made.In("empty"));
        var error = Assert.Throws<ModelException>(() => AdapterFolder.ModelFolder(best));
        Assert.Contains("'dotnet run -- fetch'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_cut_off_in_the_cache_is_not_trained_on()
    {
        await using var desk = await HubDesk.WithModelAsync();
        await desk.FetchAsync();
        var model = new HubModel { Model = "acme/tiny", Revision = HubHost.Commit };
        Assert.Equal(desk.Snapshot, model.FindFolder());
        using (var weights = File.OpenWrite(desk.Blob("model.safetensors")))
            weights.SetLength(1000);
        var error = Assert.Throws<ModelException>(model.FindFolder);
        Assert.Contains("1 of 4 files are not whole", error.Message, StringComparison.Ordinal);
        Assert.Contains("(model.safetensors)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_model_that_python_fetched_without_a_list_is_used_if_it_is_one()
    {
        await using var desk = await HubDesk.WithModelAsync();
        var model = new HubModel { Model = "acme/tiny", Revision = HubHost.Commit };
        Directory.CreateDirectory(desk.Snapshot);
        File.WriteAllText(Path.Combine(desk.Snapshot, "config.json"), "{}");
        var error = Assert.Throws<ModelException>(model.FindFolder);
        Assert.Contains("has no model.safetensors, as far as it lies in", error.Message, StringComparison.Ordinal);
        File.WriteAllBytes(Path.Combine(desk.Snapshot, "model.safetensors"), [1]);
        Assert.Equal(desk.Snapshot, model.FindFolder());
        File.CreateSymbolicLink(Path.Combine(desk.Snapshot, "tokenizer.json"), "../../blobs/gone"); // It is passed over.
        Assert.Equal(desk.Snapshot, model.FindFolder());
    }

    [Fact]
    public async Task Data_of_a_hub_is_read_by_its_pattern_and_none_of_it_may_be_missing()
    {
        await using var desk = await HubDesk.WithAsync(
            ("data/train-00000.jsonl", Sunny, true),
            ("data/train-00001.jsonl", Rainy, false),
            ("data/test.jsonl", Sunny, false),
            ("other.parquet", [1], true)
        );
        var source = new JsonLines
        {
            Path = "data/train-*.jsonl",
            Hub = Notes,
            Split = SplitName.Train,
        };
        var weather = TaskCatalog.Default.Tasks.Single(task => task.Name == "weather");
        var builder = new DatasetBuilder<Weather.Example>(weather).From(source);
        var error = await Assert.ThrowsAsync<DataException>(() => builder.ToDatasetAsync());
        Assert.Contains("acme/notes/data/train-*.jsonl: dataset acme/notes at c1899de2 is not in", error.Message, StringComparison.Ordinal);
        Assert.Contains("'dotnet run -- fetch'", error.Message, StringComparison.Ordinal);

        var (code, printed) = await HubDesk.RunAsync(HubDesk.OfData(source), "fetch");
        Assert.True(code == ExitCode.Success, printed);
        Assert.Equal(2, desk.Hub.Fetched.Count());
        desk.Hub.Requests.Clear();
        using (var data = await builder.ToDatasetAsync())
        {
            Assert.Equal(
                ["acme/notes/data/train-00000.jsonl", "acme/notes/data/train-00001.jsonl"],
                data.Train.Select(example => example.Origin.File)
            );
            Assert.Empty(desk.Hub.Requests);
        }

        var one = Path.Combine(desk.Cache, "datasets--acme--notes", "snapshots", HubHost.Commit, "data", "train-00001.jsonl");
        File.Delete(one);
        error = await Assert.ThrowsAsync<DataException>(() => builder.ToDatasetAsync());
        Assert.Contains("1 of 2 files are not whole", error.Message, StringComparison.Ordinal);

        // Without the list it cannot be known what the pattern means; a file by its name can be found.
        Directory.Delete(Path.Combine(desk.Cache, "datasets--acme--notes", "trees"), recursive: true);
        error = await Assert.ThrowsAsync<DataException>(() => builder.ToDatasetAsync());
        Assert.Contains("it is not known which files 'data/train-*.jsonl' means", error.Message, StringComparison.Ordinal);
        using var first = await builder.From(source with { Path = "data/train-00000.jsonl" }).ToDatasetAsync();
        Assert.Single(first.Train);
    }

    [Theory]
    [InlineData("data/trian.jsonl", "has no file 'data/trian.jsonl'; did you mean 'data/train.jsonl'?")]
    [InlineData("nothing/*.csv", "has no file 'nothing/*.csv'; expected one of data/train.jsonl")]
    public async Task A_path_that_the_data_set_does_not_have_is_told_with_what_it_has(string path, string expected)
    {
        await using var desk = await HubDesk.WithAsync(("data/train.jsonl", Sunny, true));
        var (code, printed) = await HubDesk.RunAsync(HubDesk.OfData(new JsonLines { Path = path, Hub = Notes }), "fetch");
        Assert.Equal(ExitCode.Mistake, code);
        Assert.Contains(expected, printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("acme/tiny", "main", "revision: 'main' is not allowed; expected the 40 hexadecimal digits of a commit")]
    [InlineData("acme/tiny", "C1899DE289A04D12100DB370D81485CDF75E47CA", "revision")]
    [InlineData("../tiny", HubHost.Commit, "model: '../tiny' is not allowed; expected a repository's name")]
    [InlineData("a/b/c", HubHost.Commit, "a repository's name")]
    public void What_pins_nothing_is_refused(string model, string revision, string expected) =>
        Assert.Contains(
            expected,
            string.Join('\n', Mistakes.In(HubDesk.Tiny(new HubModel { Model = model, Revision = revision }))),
            StringComparison.Ordinal
        );
}
