using TaskDsl.Prompts.ChatFormats;
using TaskDsl.Torch.Gguf;
using TaskDsl.Torch.Gguf.Types;
using TaskDsl.Torch.Opening.Loading;
using Xunit;
using static TorchSharp.torch;

namespace TaskDsl.Torch.Tests.Gguf;

/// <summary>The shipped model, whole: llama.cpp opens what is written, and reads and computes as the model does.</summary>
public sealed class GgufExportTests : TorchTest
{
    [Fact]
    public void A_file_has_weights_tokenizer_and_template()
    {
        using var folder = new TempFolder();
        var source = Path.Combine(GgufVocabularyTests.Repository(), "examples", "LegalDesk", "models", "desk-base");
        using var model = LoadedModel.Load(source);
        var (measured, notices) = GgufExport.Write(
            "desk",
            model,
            source,
            new ChatMl(),
            new Float32Type(),
            folder.Path,
            TestContext.Current.CancellationToken
        );
        Assert.Contains("1,895,840 numbers, 7.7 MB: read back, equal to the bit", Assert.Single(measured), StringComparison.Ordinal);
        Assert.Empty(notices);

        using var engine = new LlamaCpp(folder.File("desk.gguf"));
        Assert.Contains("<|im_start|>", engine.Weights.Metadata["tokenizer.chat_template"], StringComparison.Ordinal);
        Assert.Equal("2", engine.Weights.Metadata["tokenizer.ggml.eot_token_id"]);
        var tokens = engine.Tokens("<|im_start|>user\nPayment is due. 付款<|im_end|>\n", special: true, frame: true);
        Assert.Equal(model.Tokenizer.Encode("<|im_start|>user\nPayment is due. 付款<|im_end|>\n"), tokens);
        using var ungraded = no_grad();
        var expected = model.Decoder.Logits(model.Decoder.Hidden(tensor(tokens.Select(id => (long)id).ToArray()).unsqueeze(0)))[0];
        Close(expected, stack(engine.Logits(tokens).Select(row => tensor(row))), 5e-5);
    }
}
