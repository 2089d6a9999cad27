#!/usr/bin/env bash
# Make the files of this folder anew: a tone, a moving test picture, and what programs write around them.
#
# Needs ffmpeg, mkvmerge, gst-launch-1.0, oggenc, opusenc, flac and lame. Nothing in the files is
# anybody's work.
set -euo pipefail
cd "$(dirname "$0")"
find . -type f ! -name make.sh ! -name ORIGIN.md -delete
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

quiet=(ffmpeg -v error -y -bitexact)
tone=(-f lavfi -i sine=frequency=440:sample_rate=8000:duration=0.5)
film=(-f lavfi -i testsrc2=size=32x32:rate=5:duration=1)
both=("${film[@]}" "${tone[@]}" -pix_fmt yuv420p)
titled=(-metadata title=kept -metadata comment=kept)
chaptered=("${film[@]}" "${tone[@]}" -i "$work/chapters.txt" -map_metadata 2 -pix_fmt yuv420p)
x264=(-c:v libx264 -preset ultrafast -g 2 -c:a aac -b:a 16k)

"${quiet[@]}" -f lavfi -i color=red:size=16x16:duration=1 -frames:v 1 "$work/cover.jpg"
printf ';FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=400\ntitle=kept\n' >"$work/chapters.txt"
"${quiet[@]}" "${tone[@]}" "$work/tone.wav"

# Sound.
short=(-f lavfi -i sine=frequency=440:sample_rate=8000:duration=0.05)
"${quiet[@]}" "${short[@]}" plain.wav
"${quiet[@]}" "${short[@]}" "${titled[@]}" titled.wav
"${quiet[@]}" "${short[@]}" -rf64 always long.wav
"${quiet[@]}" "${short[@]}" -f wav - >piped.wav
"${quiet[@]}" "${short[@]}" -c:a pcm_s24le -write_bext 1 -metadata description=kept broadcast.wav
"${quiet[@]}" "${short[@]}" -c:a pcm_mulaw law.wav
"${quiet[@]}" "${tone[@]}" -c:a libmp3lame -b:a 8k -id3v2_version 0 -write_xing 0 untagged.mp3
"${quiet[@]}" "${tone[@]}" -c:a libmp3lame -b:a 8k "${titled[@]}" -id3v2_version 4 version-4.mp3
"${quiet[@]}" "${tone[@]}" -i "$work/cover.jpg" -map 0 -map 1 -c:a libmp3lame -b:a 8k -c:v copy \
    "${titled[@]}" -id3v2_version 3 -write_id3v1 1 cover.mp3
lame --quiet -b 8 --add-id3v2 --pad-id3v2-size 64 --tt kept "$work/tone.wav" padded.mp3
"${quiet[@]}" "${short[@]}" plain.flac
"${quiet[@]}" "${short[@]}" -i "$work/cover.jpg" -map 0 -map 1 -c:v copy "${titled[@]}" cover.flac
flac --silent --no-padding --output-name=seekable.flac -S 5x "$work/tone.wav"
"${quiet[@]}" "${tone[@]}" -c:a libvorbis "${titled[@]}" vorbis.ogg
oggenc --quiet --title kept --output by-oggenc.ogg "$work/tone.wav"
"${quiet[@]}" "${tone[@]}" -c:a libopus -b:a 8k "${titled[@]}" opus.opus
opusenc --quiet --bitrate 8 --title kept --picture "$work/cover.jpg" "$work/tone.wav" cover.opus
"${quiet[@]}" "${tone[@]}" -c:a libspeex "${titled[@]}" speex.spx
"${quiet[@]}" "${short[@]}" -c:a flac -f ogg "${titled[@]}" flac.oga
"${quiet[@]}" "${both[@]}" -c:v libtheora -c:a libvorbis two-streams.ogv
cat vorbis.ogg opus.opus >chained.ogg
"${quiet[@]}" "${tone[@]}" -c:a aac -b:a 16k "${titled[@]}" titled.m4a
"${quiet[@]}" "${short[@]}" -i "$work/cover.jpg" -map 0 -map 1 -c:a alac -c:v copy -disposition:v attached_pic \
    cover.m4a

# Films.
"${quiet[@]}" "${both[@]}" "${x264[@]}" plain.mp4
"${quiet[@]}" "${both[@]}" "${x264[@]}" "${titled[@]}" -movflags faststart first.mp4
"${quiet[@]}" "${both[@]}" "${x264[@]}" -movflags frag_keyframe+empty_moov fragments.mp4
"${quiet[@]}" "${both[@]}" "${x264[@]}" -movflags frag_keyframe+empty_moov+default_base_moof+dash dash.mp4
"${quiet[@]}" "${chaptered[@]}" "${x264[@]}" "${titled[@]}" \
    -movflags use_metadata_tags+faststart keyed.mp4
"${quiet[@]}" "${both[@]}" "${x264[@]}" -encryption_scheme cenc-aes-ctr \
    -encryption_key 76a6c65c5ea762046bd749a2e632ccbb -encryption_kid a7e61c373e219033c21091fa607bf3b8 \
    -movflags faststart encrypted.mp4

"${quiet[@]}" "${both[@]}" -c:v mpeg4 -c:a pcm_s16le "${titled[@]}" old.mov
"${quiet[@]}" "${chaptered[@]}" -c:v mjpeg -c:a aac -b:a 16k \
    -movflags faststart chapters.mov
"${quiet[@]}" "${chaptered[@]}" "${x264[@]}" chapters.mkv
"${quiet[@]}" "${both[@]}" "${x264[@]}" -attach "$work/cover.jpg" -metadata:s:t mimetype=image/jpeg \
    -cues_to_front 1 -reserve_index_space 64 attached.mkv
mkvmerge --quiet --deterministic kept --output by-mkvmerge.mkv --title kept chapters.mkv
"${quiet[@]}" "${both[@]}" -c:v libvpx -b:v 8k -c:a libvorbis "${titled[@]}" plain.webm
"${quiet[@]}" "${both[@]}" -c:v libvpx-vp9 -b:v 8k -c:a libopus -b:a 8k -f webm -live 1 live.webm
"${quiet[@]}" "${both[@]}" -c:v libvpx -b:v 8k -c:a libvorbis -f webm - >piped.webm
gst-launch-1.0 -q videotestsrc num-buffers=5 ! video/x-raw,width=32,height=32,framerate=5/1 ! jpegenc ! \
    matroskamux ! filesink location=by-gstreamer.mkv
"${quiet[@]}" "${both[@]}" "${x264[@]}" plain.flv
"${quiet[@]}" "${both[@]}" -ar 11025 -c:v flv -c:a libmp3lame -g 2 "${titled[@]}" \
    -flvflags add_keyframe_index indexed.flv
"${quiet[@]}" "${both[@]}" -c:v mpeg4 -c:a libmp3lame -b:a 8k plain.avi
"${quiet[@]}" "${both[@]}" -c:v mjpeg -c:a pcm_s16le "${titled[@]}" titled.avi
gst-launch-1.0 -q videotestsrc num-buffers=3 ! video/x-raw,width=32,height=32,framerate=5/1 ! jpegenc ! \
    avimux ! filesink location=by-gstreamer.avi
