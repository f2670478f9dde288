// Masked autoencoding of images (MAE, He et al., arXiv 2111.06377): most patches of an image are hidden, a
// vision transformer sees the rest, and a light decoder draws the pixels of the hidden ones.
//
//   visible    embeddings of the patches left, each with the position of its own place, after a class token;
//              through the encoder's blocks and norm
//   decoder    decoder_embed of those tokens to a width of its own; for each hidden patch a learned mask
//              token; positions; blocks; norm; a linear from each hidden place to its patch's numbers
//   loss       mean squared error to the hidden patches' pixels, each patch standardised by its own mean and
//              variance (norm_pix_loss)
//
// Patches are embedded after the mask is drawn: MAE's own code embeds all, which changes nothing but the
// time. MAE's positions are constants; here they start as those sines and cosines (Init::grid_positions) and
// are learned, in the encoder because a ViT's are parameters that fine-tuning trains, in the decoder for want
// of a reason to tell them apart. Drop path is the encoder's alone.
//
// An encoder's weights have timm's names. A patch's numbers are in the order of patchify (channel, y, x),
// where MAE's code has (y, x, channel): decoder_pred of one is not that of the other.
#pragma once

#include "adapterx/models/backbone.h"
#include "adapterx/models/vit/vit.h"

namespace ax {

// Input "images" [B, channels, image_size, image_size]; pooled [B, d]: the class token after the norm.
// Parameters: the ViT's but for its head; decoder_embed.*, mask_token, decoder_pos_embed, decoder_blocks.#.*,
// decoder_norm.* and decoder_pred.*, which have a start of their own over a checkpoint, too. Throws Error
// where no patch would be hidden, or none seen, and on a ViT with other tokens before its patches than the
// class token, or with mean pooling, whose norm is the head's. `slots`: a method that says what of the
// encoder is trained; the decoder always is.
MaskedBackbone build_mae(Graph& graph, const VitConfig& config, const MaskedOptions& options,
                         const BackboneBuild& build, Slots& slots);

}  // namespace ax
