using TaskDsl.HuggingFace;
using TaskDsl.Torch.Models;
using TaskDsl.Torch.Safetensors;
using TaskDsl.Torch.Tests.Training;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Safetensors;

public sealed class SafetensorsFolderTests : TorchTest
{
    [Fact]
    public void Shards_are_read_as_one()
    {
        using var folder = Sharded("""{"a": "one.safetensors", "b": "two.safetensors"}""");
        using var weights = SafetensorsFolder.Open(folder.Path);
        Assert.Equal(["a", "b"], weights.Names.Order());
        Close(full(2, 7f), weights.Read("b", 2), 0);
    }

    [Theory]
    [InlineData("""{"a": "one.safetensors", "b": "one.safetensors"}""", "b", "in the index but not in the file")]
    [InlineData("""{"b": "two.safetensors", "c": "one.safetensors"}""", "a", "in the file but not in the index")]
    [InlineData("""{"a": "three.safetensors"}""", "a", "not there")]
    [InlineData("""{"a": "../one.safetensors"}""", "a", "beside the index")]
    [InlineData("""{"a": 3}""", "a", "said to be in 3")]
    [InlineData("""{"a": "one.safetensors", "a": "two.safetensors"}""", "a", "listed twice")]
    [InlineData("""{"a": ""}""", "a", "beside the index")]
    [InlineData("""{"a": "/dev/zero"}""", "a", "beside the index")]
    [InlineData("""{"a": ".."}""", "a", "not there")]
    [InlineData("3", null, "no index")]
    [InlineData("[", null, "no index")]
    public void An_index_that_lies_is_refused(string map, string? tensor, string problem)
    {
        using var folder = Sharded(map);
        var thrown = Assert.Throws<SafetensorsException>(() => SafetensorsFolder.Open(folder.Path));
        Assert.Equal(tensor, thrown.Tensor);
        Assert.Contains(problem, thrown.Message, StringComparison.Ordinal);
    }

    /// <summary>transformers looks for the single file first: an index beside it is of the same tensors, or of another model.</summary>
    [Theory]
    [InlineData(
        """{"a": "one.safetensors", "b": "two.safetensors"}""",
        null,
        "lists one.safetensors and 1 more: model.safetensors is read"
    )]
    [InlineData("""{"a": "gone.safetensors", "b": "gone.safetensors"}""", null, "lists gone.safetensors: model.safetensors is read")]
    [InlineData("""{"a": "model.safetensors", "b": "model.safetensors"}""", null, null)]
    [InlineData("""{"a": "one.safetensors"}""", "b", "is in model.safetensors and not in the index")]
    [InlineData("""{"a": "x", "b": "x", "c": "x"}""", "c", "is in the index and not in the model.safetensors beside it")]
    public void A_single_file_beside_an_index_is_told_or_refused(string map, string? tensor, string? problem)
    {
        using var folder = Sharded(map);
        SafetensorsFile.Write(folder.File("model.safetensors"), new Dictionary<string, Tensor> { ["a"] = ones(2), ["b"] = ones(2) });
        if (tensor is null)
        {
            using var weights = SafetensorsFolder.Open(folder.Path);
            Assert.Equal(problem is null, weights.Notice is null);
            Assert.Contains(problem ?? "", weights.Notice ?? "", StringComparison.Ordinal);
            Close(ones(2), weights.Read("b", 2), 0);
            return;
        }

        var thrown = Assert.Throws<SafetensorsException>(() => SafetensorsFolder.Open(folder.Path));
        Assert.Equal(tensor, thrown.Tensor);
        Assert.Contains(problem!, thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_names_the_tensor_that_is_missing_that_is_too_much_and_that_has_another_shape()
    {
        using var folder = new TempFolder();
        TinyModel.Write(folder.Path);
        var weights = new Dictionary<string, Tensor>();
        using (var file = SafetensorsFile.Open(folder.File("model.safetensors")))
            foreach (var name in file.Tensors.Keys)
                weights[name] = file.Read(name).clone();
        const string norm = "model.norm.weight";
        Assert.Equal(norm, Assert.Throws<SafetensorsException>(() => With(norm, null)).Tensor);
        Assert.Contains("expected [32]", Assert.Throws<SafetensorsException>(() => With(norm, ones(31))).Message, StringComparison.Ordinal);
        Assert.Equal(norm, Assert.Throws<SafetensorsException>(() => With(norm, ones(32, 1))).Tensor);
        Assert.Contains(
            "'model.more.weight'",
            Assert.Throws<ModelException>(() => With("model.more.weight", ones(2))).Message,
            StringComparison.Ordinal
        );

        void With(string name, Tensor? tensor)
        {
            var changed = weights.Where(w => w.Key != name).ToList();
            if (tensor is not null)
                changed.Add(new(name, tensor));
            SafetensorsFile.Write(folder.File("model.safetensors"), changed);
            LanguageModel.Load(folder.Path).Dispose();
        }
    }

    [Fact]
    public void A_folder_without_weights_is_named()
    {
        using var folder = new TempFolder();
        Assert.Contains(
            folder.Path,
            Assert.Throws<FileNotFoundException>(() => SafetensorsFolder.Open(folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    private static TempFolder Sharded(string map)
    {
        var folder = new TempFolder();
        SafetensorsFile.Write(folder.File("one.safetensors"), [new("a", zeros(3))]);
        SafetensorsFile.Write(folder.File("two.safetensors"), [new("b", full(2, 7f))]);
        File.WriteAllText(folder.File("model.safetensors.index.json"), $$"""{"metadata": {}, "weight_map": {{map}}}""");
        return folder;
    }
}
