using System.Text;
using TaskDsl.Data;
using TaskDsl.Torch.Batches.Sources;
using TaskDsl.Torch.Tests.Training;
using Xunit;

namespace TaskDsl.Torch.Tests.Batching;

public sealed class CorpusTests : TorchTest
{
    [Fact]
    public void Blank_lines_separate_documents_and_each_knows_its_place()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("b.txt"), "\n\nOne.\nStill one.  \n \nTwo.\r\n\r\n\r\nThree.");
        File.WriteAllText(folder.File("a.txt"), "Zero.");
        var documents = CorpusDocument.Read(["*.txt"], folder.Path);
        Assert.Equal(["Zero.", "One.\nStill one.", "Two.", "Three."], documents.Select(d => d.Text));
        Assert.Equal(["a.txt(1)", "b.txt(3)", "b.txt(6)", "b.txt(9)"], documents.Select(d => d.Origin.ToString()));
    }

    [Fact]
    public void Missing_empty_and_broken_files_are_named()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("empty.txt"), " \n\n");
        File.WriteAllBytes(folder.File("latin.txt"), [.. "caf"u8, 0xE9]);
        Assert.Contains(
            "no file none.txt",
            Assert.Throws<DataException>(() => CorpusDocument.Read(["none.txt"], folder.Path)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "matches *.md",
            Assert.Throws<DataException>(() => CorpusDocument.Read(["*.md"], folder.Path)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "hold no text",
            Assert.Throws<DataException>(() => CorpusDocument.Read(["empty.txt"], folder.Path)).Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "latin.txt: error: the file is not UTF-8",
            Assert.Throws<DataException>(() => CorpusDocument.Read(["latin.txt"], folder.Path)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Every_token_of_a_document_but_its_first_is_predicted_exactly_once()
    {
        using var model = TinyModel.Open();
        var text = string.Concat(Enumerable.Range(0, 70).Select(i => (char)('A' + i % 26)));
        var source = new CorpusSource([new(text, new("t", 1))], model.Tokenizer, 16);
        var whole = new List<int>();
        model.Tokenizer.Encode(Encoding.UTF8.GetBytes(text), special: false, whole);
        whole.Add(model.Tokenizer.EndOfText);
        var predicted = Enumerable.Range(0, source.Count).SelectMany(i => source.Encode(i, 0).Sequences[0].Ids.Skip(1));
        Assert.Equal(whole.Skip(1), predicted);
        Assert.All(Enumerable.Range(0, source.Count), i => Assert.InRange(source.Encode(i, 0).Length, 2, 16));
    }

    [Fact]
    public void Documents_set_aside_to_watch_are_never_trained_on()
    {
        CorpusDocument[] documents = [.. Enumerable.Range(0, 200).Select(i => new CorpusDocument($"document {i % 190}", new("t", i)))];
        var (train, validation) = CorpusDocument.Split(documents);
        Assert.InRange(validation.Count, 3, 5);
        Assert.Empty(train.Select(d => d.Text).Intersect(validation.Select(d => d.Text)));
        Assert.Equal(190, train.Concat(validation).Select(d => d.Text).Distinct().Count());
    }
}
